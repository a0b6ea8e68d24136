import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function silent(answersInitialize: boolean): void {
  const answer = stubHandler("silent");
  serveStdio((server, message) =>
    answersInitialize && message.method === "initialize" ? answer(server, message) : undefined,
  );
}
