import { serveStdio, type Message, type StdioServer } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";
import { ListenStreams } from "./listen-streams.ts";

const reserved = "io.modelcontextprotocol/";
const complete = { resultType: "complete", _meta: { "com.example/own": true } };
const hints = { ttlMs: 5, cacheScope: "public" };

/** A server of 2026-07-28 alone: it rejects what lacks the revision's `_meta`. */
export function stateless(): void {
  const streams = new ListenStreams();
  const handle = stubHandler("stateless", {
    meta: ({ server, id }) => metaOf(server, id),
    log: ({ server, id, arguments: params }) => {
      if (metaOf(server, id)?.[`${reserved}logLevel`] === undefined) return "not logged";
      server.send({ method: "notifications/message", params });
      return "logged";
    },
    change: ({ server }) => {
      streams.toolsChanged(server);
      return "changed";
    },
    touch: ({ server, arguments: { uri } }) => ({ streams: streams.updated(server, String(uri)) }),
    streams: () => streams.filters,
    endStreams: ({ server, arguments: { byNotification } }) => {
      streams.end(server, byNotification === true);
      return "ended";
    },
    ask: () => undefined,
  });
  serveStdio((server, message) => {
    const { id, method, params } = message;
    if (method === "notifications/cancelled") streams.cancel(message);
    if (method === undefined || id === undefined) return undefined;
    const meta = params?._meta as Record<string, unknown> | undefined;
    const version = meta?.[`${reserved}protocolVersion`];
    const capabilities = meta?.[`${reserved}clientCapabilities`] as Record<string, unknown> | undefined;
    if (version === undefined || capabilities === undefined) return server.fail(id, -32602, "No _meta");
    if (version !== "2026-07-28") return server.fail(id, -32022, "Unsupported protocol version");
    // The result is completed when it is sent.
    const completing = {
      ...server,
      respond: (to: unknown, result: object) =>
        server.respond(to, { ...complete, ...(method.endsWith("/list") ? hints : {}), ...result }),
    };
    switch (method) {
      case "server/discover":
        return server.respond(id, {
          ...complete,
          supportedVersions: ["2026-07-28"],
          capabilities: {
            tools: { listChanged: true },
            resources: { subscribe: true },
            logging: {},
            extensions: { "com.example/ui": { mimeTypes: ["text/html"] }, [`${reserved}tasks`]: {} },
          },
          instructions: "Only modern.",
          ...hints,
          _meta: { [`${reserved}serverInfo`]: { name: "stub-stateless", version: "2.0.0" } },
        });
      case "subscriptions/listen":
        return streams.open(server, message);
      case "initialize":
      case "ping":
        return server.fail(id, -32601, "Method not found");
      default:
    }
    if (params?.name !== "ask") return handle(completing, message);
    const { again } = (params.arguments ?? {}) as { readonly again?: boolean };
    if (again === true) return server.respond(id, { resultType: "input_required", requestState: "s" });
    if (capabilities.elicitation === undefined) {
      const data = { requiredCapabilities: { elicitation: {} } };
      return server.send({ id, error: { code: -32021, message: "Missing capability", data } });
    }
    return server.respond(
      id,
      params.inputResponses === undefined
        ? {
            resultType: "input_required",
            inputRequests: { name: { method: "elicitation/create" } },
            requestState: "s",
          }
        : { ...complete, content: [{ type: "text", text: JSON.stringify(params.inputResponses) }] },
    );
  });
}

/** The `_meta` of the request with this id. */
function metaOf(server: StdioServer, id: unknown): Record<string, unknown> | undefined {
  const messages = server.lines.map((line) => JSON.parse(line) as Message);
  return messages.find((message) => message.id === id)?.params?._meta as Record<string, unknown> | undefined;
}
