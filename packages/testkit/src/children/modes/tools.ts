import { readFileSync } from "node:fs";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function tools(file: string): void {
  const handle = stubHandler("tools");
  const listed = JSON.parse(readFileSync(file, "utf8")) as object[];
  serveStdio((server, message) =>
    message.method === "tools/list" ? server.respond(message.id, { tools: listed }) : handle(server, message),
  );
}
