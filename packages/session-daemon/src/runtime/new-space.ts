import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const wantedBytes = 2 * 1024 * 1024;
/** Far more than it takes: nothing that V8 does is worth an endless start. */
const maxObjects = 1_000_000;

/**
 * Lets the young generation of V8's heap grow to 2 MiB and then no further (docs/adr/0007). To be called before the heap
 * has grown for other reasons.
 */
export function limitNewSpace(): void {
  // It grows when much of it survives.
  const surviving: object[] = [];
  while (youngGenerationBytes() < wantedBytes && surviving.length < maxObjects) surviving.push({});
  setFlagsFromString("--semi-space-growth-factor=1");
}

function youngGenerationBytes(): number {
  return (
    getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? wantedBytes
  );
}
