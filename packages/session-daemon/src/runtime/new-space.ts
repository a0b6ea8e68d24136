import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

const targetBytes = 2 * 1024 * 1024;
/** Far more than necessary: bounds the loop if V8 should not grow the new space. */
const maxObjects = 1_000_000;

/**
 * Grows the new space of V8's heap to 2 MiB and stops its growth there (docs/adr/0007). To be called before other code
 * has grown the heap.
 */
export function limitNewSpace(): void {
  // V8 grows the new space when many objects survive a collection.
  const surviving: object[] = [];
  while (newSpaceBytes() < targetBytes && surviving.length < maxObjects) surviving.push({});
  setFlagsFromString("--semi-space-growth-factor=1");
}

function newSpaceBytes(): number {
  return (
    getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? targetBytes
  );
}
