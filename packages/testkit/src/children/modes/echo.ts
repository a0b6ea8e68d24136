import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";
import { untilGone } from "../wait-for-removal.ts";

export function echo(startHold: string | undefined): void {
  const answer = stubHandler("echo");
  serveStdio(async (server, message) => {
    if (message.method === "initialize" && startHold !== undefined) await untilGone(startHold);
    return answer(server, message);
  });
}
