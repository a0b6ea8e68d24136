import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { createSessionDaemonClient } from "../../src/ipc/session-daemon-client.ts";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

t.test("requests the termination of a grant's workers and streams", async (t) => {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    response.end('{"workers":1,"streams":1,"sessions":0}');
  });
  const socketPath = join(temporaryDirectory(t), "control.sock");
  await listenUnix(server, socketPath);
  t.teardown(() => server.close());
  const client = createSessionDaemonClient(socketPath);
  await client.endGrant("g" as GrantId);
  t.same(seen, ['POST /sessions/end {"by":"grant","grantId":"g"}']);
});

t.test("requests the retirement of an account's workers", async (t) => {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    response.end('{"workers":2}');
  });
  const socketPath = join(temporaryDirectory(t), "control.sock");
  await listenUnix(server, socketPath);
  t.teardown(() => server.close());
  await createSessionDaemonClient(socketPath).retireWorkers("7" as AccountId);
  t.same(seen, ['POST /workers/retire {"accountId":"7"}']);
});

t.test("rejects with IpcUnavailableError without a session-daemon", async (t) => {
  const client = createSessionDaemonClient(join(temporaryDirectory(t), "control.sock"));
  await t.rejects(client.endGrant("g" as GrantId), IpcUnavailableError);
  await t.rejects(client.retireWorkers("7" as AccountId), IpcUnavailableError);
});
