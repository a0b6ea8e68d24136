import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { createSessionDaemonClient } from "../../src/ipc/session-daemon-client.ts";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

/** A client, and the requests that its session-daemon has received. */
async function setUp(t: Test) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    response.end('{"workers":1,"streams":1,"sessions":0}');
  });
  const socketPath = join(temporaryDirectory(t), "control.sock");
  await listenUnix(server, socketPath);
  t.teardown(() => server.close());
  return { seen, client: createSessionDaemonClient(socketPath) };
}

t.test("requests the termination of a grant's workers and streams", async (t) => {
  const { seen, client } = await setUp(t);
  await client.endGrants(["g" as GrantId]);
  t.same(seen, ['POST /sessions/end {"by":"grant","grantId":"g"}']);
});

t.test("requests the retirement of the workers of an account's grants", async (t) => {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await text(request)}`);
    response.end('{"workers":2}');
  });
  const socketPath = join(temporaryDirectory(t), "control.sock");
  await listenUnix(server, socketPath);
  t.teardown(() => server.close());
  await createSessionDaemonClient(socketPath).retireWorkers("7" as AccountId, ["g" as GrantId]);
  t.same(seen, ['POST /workers/retire {"accountId":"7","grantIds":["g"]}']);
});

t.test("requests the termination of many grants in few calls, each below the request limit", async (t) => {
  const { seen, client } = await setUp(t);
  const grants = Array.from({ length: 3000 }, (_, i) => `${i}`.padStart(43, "g") as GrantId);
  const sessions = new Map(grants.map((_, i) => [`${i + 100_000_000}` as AccountId, 999]));
  await client.endGrants(grants, sessions);
  t.equal(seen.length, 3);
  for (const request of seen) t.ok(request.length < 64 * 1024);
  const bodies = seen.map(
    (request) =>
      JSON.parse(request.replace(/^[^{]*/, "")) as { grantIds: string[]; sessions: [string, number][] },
  );
  t.same(
    bodies.flatMap(({ grantIds }) => grantIds),
    grants,
  );
  t.same(
    bodies.flatMap((body) => body.sessions),
    [...sessions],
  );
});

t.test("rejects with IpcUnavailableError without a session-daemon", async (t) => {
  const client = createSessionDaemonClient(join(temporaryDirectory(t), "control.sock"));
  await t.rejects(client.endGrants(["g" as GrantId]), IpcUnavailableError);
  await t.rejects(client.retireWorkers("7" as AccountId, []), IpcUnavailableError);
});
