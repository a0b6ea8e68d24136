import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { createSessionDaemonClient } from "@fjmcp/auth-server/ipc/session-daemon-client";
import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import { IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import { listenUnix } from "@fjmcp/shared/lifecycle/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

t.test("asks for the end of a grant's, a client's, an account's sessions, and for the list", async (t) => {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    response.end(request.method === "GET" ? '{"sessions":[]}' : '{"workers":1,"streams":1,"sessions":0}');
  });
  const socketPath = join(temporaryDirectory(t), "control.sock");
  await listenUnix(server, socketPath);
  t.teardown(() => server.close());
  const client = createSessionDaemonClient(socketPath);
  await client.endGrant("g" as GrantId);
  await client.endClient("c" as ClientId);
  await client.endAccount("7" as AccountId);
  t.same(await client.listSessions("7" as AccountId), []);
  t.same(seen, [
    'POST /sessions/end {"by":"grant","grantId":"g"}',
    'POST /sessions/end {"by":"client","clientId":"c"}',
    'POST /sessions/end {"by":"account","accountId":"7"}',
    "GET /sessions?accountId=7 ",
  ]);
});

t.test("nobody there is IpcUnavailableError", async (t) => {
  const client = createSessionDaemonClient(join(temporaryDirectory(t), "control.sock"));
  await t.rejects(client.endGrant("g" as GrantId), IpcUnavailableError);
});
