import { serveStdio, type Message, type StdioServer } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

const notifications = [
  { method: "notifications/message", params: { level: "debug", logger: "stub", data: "debug talk" } },
  { method: "notifications/message", params: { level: "error", logger: "stub", data: "error talk" } },
  { method: "notifications/tools/list_changed" },
  { method: "notifications/resources/list_changed" },
  { method: "notifications/prompts/list_changed" },
  { method: "notifications/resources/updated", params: { uri: "stub://one" } },
  { method: "notifications/progress", params: { progressToken: "unknown", progress: 1 } },
  { method: "notifications/progress", params: { progressToken: 0, progress: 1 } },
  { method: "notifications/stub/unknown", params: { anything: true } },
];

const requests = [
  { id: 0, method: "ping" },
  { id: 1, method: "sampling/createMessage", params: { messages: [], maxTokens: 1 } },
  { id: 2, method: "roots/list" },
  { id: 3, method: "elicitation/create", params: { message: "?", requestedSchema: { type: "object" } } },
  { id: "1", method: "stub/unknown" },
];

export function chatty(): void {
  const replies: Message[] = [];
  const handle = stubHandler("chatty", {
    chatter: ({ server }) => {
      chatter(server);
      return "chattered";
    },
    replies: () => replies,
  });
  serveStdio((server, message) => {
    if (message.method === undefined) replies.push(message);
    if (message.method === "notifications/initialized") chatter(server);
    return handle(server, message);
  });
}

function chatter(server: StdioServer): void {
  for (const message of [...notifications, ...requests]) server.send(message);
}
