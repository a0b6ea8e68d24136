import { serveStdio, type Message } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

const reserved = "io.modelcontextprotocol/";
const complete = { resultType: "complete", _meta: { "com.example/own": true } };
const hints = { ttlMs: 5, cacheScope: "public" };

/** A server of 2026-07-28 alone: it rejects what lacks the revision's `_meta`. */
export function stateless(): void {
  let listening: unknown;
  const handle = stubHandler("stateless", {
    meta: ({ server, id }) =>
      server.lines.map((line) => JSON.parse(line) as Message).find((message) => message.id === id)?.params
        ?._meta,
    change: ({ server }) => {
      const _meta = { [`${reserved}subscriptionId`]: listening };
      if (listening !== undefined)
        server.send({ method: "notifications/tools/list_changed", params: { _meta } });
      return "changed";
    },
    ask: () => undefined,
  });
  serveStdio((server, message) => {
    const { id, method, params } = message;
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
            resources: {},
            logging: {},
            extensions: { "com.example/ui": { mimeTypes: ["text/html"] }, [`${reserved}tasks`]: {} },
          },
          instructions: "Only modern.",
          ...hints,
          _meta: { [`${reserved}serverInfo`]: { name: "stub-stateless", version: "2.0.0" } },
        });
      case "subscriptions/listen":
        listening = id;
        return undefined;
      case "initialize":
      case "ping":
        return server.fail(id, -32601, "Method not found");
      default:
    }
    if (params?.name !== "ask") return handle(completing, message);
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
