import { createServer, type RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import { IpcUnavailableError, callIpc } from "../../src/ipc/ipc-client.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { listenUnix } from "../../src/http-server/unix-listener.ts";

const schema = z.object({ echo: z.string() });

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const socketPath = join(temporaryDirectory(t), "ipc.sock");
  const server = createServer(listener);
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await listenUnix(server, socketPath);
  return socketPath;
}

t.test("posts JSON and resolves with the parsed response", async (t) => {
  const socketPath = await serve(t, async (request, response) => {
    const body = await text(request);
    response.end(JSON.stringify({ echo: `${request.method} ${request.url} ${body}` }));
  });
  const response = await callIpc({ socketPath, path: "/p", body: { a: 1 }, schema, timeoutMs: 60_000 });
  t.equal(response.echo, 'POST /p {"a":1}');
});

t.test(
  "rejects without a listener, on another status or schema, a timeout and a broken response",
  async (t) => {
    const listeners: Record<string, RequestListener> = {
      status: (_, response) => response.writeHead(500).end('{"echo":"x"}'),
      schema: (_, response) => response.end('{"other":1}'),
      garbage: (_, response) => response.end("<html>"),
      silence: () => {},
      broken: (_, response) => response.destroy(),
    };
    for (const [name, listener] of Object.entries(listeners)) {
      const socketPath = await serve(t, listener);
      await t.rejects(
        callIpc({ socketPath, path: "/p", body: {}, schema, timeoutMs: 300 }),
        IpcUnavailableError,
        name,
      );
    }
    const unused = join(temporaryDirectory(t), "unused.sock");
    await t.rejects(
      callIpc({ socketPath: unused, path: "/p", body: {}, schema, timeoutMs: 300 }),
      IpcUnavailableError,
    );
  },
);

t.test("an error does not contain the request", async (t) => {
  const socketPath = join(temporaryDirectory(t), "unused.sock");
  const error = await callIpc({
    socketPath,
    path: "/p",
    body: { token: "canary" },
    schema,
    timeoutMs: 300,
  }).catch((error: unknown) => error);
  t.ok(error instanceof IpcUnavailableError);
  t.notMatch(JSON.stringify(error, Object.getOwnPropertyNames(error)), "canary");
});

t.test("an error does not contain the response, even when it is not JSON", async (t) => {
  const socketPath = await serve(t, (_, response) => response.end('{"token":"canary'));
  const error = await callIpc({ socketPath, path: "/p", body: {}, schema, timeoutMs: 60_000 }).catch(
    (error: unknown) => error,
  );
  t.ok(error instanceof IpcUnavailableError);
  t.notMatch(inspect(error), "canary");
});
