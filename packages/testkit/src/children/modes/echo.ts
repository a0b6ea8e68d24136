import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";
import { waitForRemoval } from "../wait-for-removal.ts";

export function echo(gateFile: string | undefined): void {
  const handle = stubHandler("echo");
  serveStdio(async (server, message) => {
    if (message.method === "initialize" && gateFile !== undefined) await waitForRemoval(gateFile);
    return handle(server, message);
  });
}
