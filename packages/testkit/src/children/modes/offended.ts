import { appendFileSync } from "node:fs";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

/** A server with sessions that exits, or falls silent, at any request before `initialize`; each start adds a byte to a file. */
export function offended(reaction: string, countFile: string): void {
  if (countFile !== "") appendFileSync(countFile, ".");
  const handle = stubHandler("offended");
  let isInitialized = false;
  let isSilent = false;
  serveStdio((server, message) => {
    if (message.method === "initialize") isInitialized = true;
    if (!isInitialized && reaction === "exit") process.exit(1);
    if (!isInitialized) isSilent = true;
    return isSilent ? undefined : handle(server, message);
  });
}
