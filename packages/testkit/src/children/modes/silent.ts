import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function silent(respondsToInitialize: boolean): void {
  const handle = stubHandler("silent");
  serveStdio((server, message) =>
    respondsToInitialize && message.method === "initialize" ? handle(server, message) : undefined,
  );
}
