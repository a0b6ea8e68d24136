import * as fc from "fast-check";
import t from "tap";
import { errorCodes } from "../../src/jsonrpc/error-codes.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t);
const session = await McpSession.open(daemon, await daemon.grant());

const method = fc.oneof(
  fc.constantFrom("initialize", "ping", "tools/list", "notifications/cancelled", "resources/read", "x"),
  fc.string(),
);
const message = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant("2.0") }, { weight: 1, arbitrary: fc.jsonValue() }),
    id: fc.oneof(fc.integer(), fc.string(), fc.jsonValue()),
    method,
    params: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
    result: fc.jsonValue(),
  },
  { requiredKeys: ["jsonrpc"] },
);
const body = fc.oneof(
  message.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string({ unit: "binary" }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const headerValue = fc.stringMatching(/^[\x21-\x7e]{0,40}$/);
const headers = fc.record(
  {
    accept: fc.oneof(fc.constant("text/event-stream"), headerValue),
    "mcp-protocol-version": fc.oneof(fc.constant("2025-06-18"), headerValue),
    "mcp-session-id": headerValue,
    "content-type": fc.oneof(fc.constant("application/json"), headerValue),
    "last-event-id": headerValue,
    authorization: fc.oneof(fc.constant("Bearer "), headerValue),
    origin: headerValue,
  },
  { requiredKeys: [] },
);

const knownCodes = new Set<unknown>(Object.values(errorCodes));

t.test("responds to any posted bytes as the protocol requires, and keeps running", async (t) => {
  await fc.assert(
    fc.asyncProperty(body, fc.oneof(fc.constant({}), headers), async (body, extra) => {
      const response = await daemon.mcp({ headers: session.headers(extra), body });
      if (response.status >= 200 && response.status < 300) return true;
      return response.status >= 400 && response.status < 500 && knownCodes.has(response.json.error.code);
    }),
    { numRuns: 400 },
  );
  t.equal((await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 200);
  t.notMatch(await daemon.completeLog(), /"level":"(error|fatal)"|unhandled/);
});
