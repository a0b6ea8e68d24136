import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function hungry(at: string): void {
  if (at === "start") eat();
  serveStdio(stubHandler("hungry", { eat }));
}

function eat(): never {
  const eaten: number[][] = [];
  for (;;) eaten.push(Array.from<number>({ length: 1 << 20 }).fill(0.5));
}
