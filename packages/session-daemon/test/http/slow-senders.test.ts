import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { createMcpServer } from "../../src/mcp/mcp-http-server.ts";
import { ClientDisconnectedError, readBody } from "../../src/http/request-body.ts";

t.test("disconnects a client that never finishes its head or its body", async (t) => {
  const failures: unknown[] = [];
  const endpoint = {
    handle: async (req: Parameters<typeof readBody>[0]) => {
      await readBody(req).catch((error: unknown) => failures.push(error));
    },
  };
  const server = createMcpServer(
    endpoint,
    {
      senderTimeouts: { headersTimeout: 500, requestTimeout: 1_000, connectionsCheckingInterval: 100 },
      slowClientLimits: { stallTimeoutMs: 60_000, maxUnreadBytes: 1024 * 1024 },
    },
    () => undefined,
  );
  const socketPath = join(temporaryDirectory(t), "server.sock");
  server.listen(socketPath);
  await once(server, "listening");
  t.teardown(() => server.close());
  const responses = [
    "POST /mcp HTTP/1.1\r\nhost: x\r\nx-slow",
    "POST /mcp HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
  ].map(async (start) => {
    const socket = connect(socketPath);
    socket.write(start);
    return await text(socket);
  });
  for (const response of responses) t.match(await response, /^HTTP\/1\.1 408 /);
  t.equal(failures.length, 1, "only the one with a whole head came so far");
  t.ok(failures[0] instanceof ClientDisconnectedError);
});
