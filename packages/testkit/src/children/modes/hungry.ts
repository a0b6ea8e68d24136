import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function hungry(at: string): void {
  if (at === "start") eatMemory();
  serveStdio(stubHandler("hungry", { eat: eatMemory }));
}

/** Allocates memory until the process ends. */
export function eatMemory(): never {
  const eaten: number[][] = [];
  for (;;) eaten.push(Array.from<number>({ length: 1 << 20 }).fill(0.5));
}
