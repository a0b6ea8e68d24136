import { setTimeout as sleep } from "node:timers/promises";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function slow(startMs: number, callMs: number): void {
  const handle = stubHandler("slow");
  serveStdio(async (server, message) => {
    if (message.method === "initialize") await sleep(startMs);
    if (message.method === "tools/call") await sleep(callMs);
    return handle(server, message);
  });
}
