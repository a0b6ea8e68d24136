import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import t from "tap";
import { controlPaths } from "@fjmcp/shared/ipc/control";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { connect, redeem, refresh, revoke } from "../support/client.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const { clock, advance } = shiftedClock();
const setup = await setUpAuthServer(t);
const origin = await setup.serve({ clock });
const notifications: unknown[] = [];
const control = createServer(async (req, res) => {
  // The auth-server also asks who it is that listens here, and for a worker of each new grant.
  if (req.url === controlPaths.end) notifications.push(await json(req));
  res.end('{"workers":1,"streams":1,"sessions":0}');
});
await listenUnix(control, join(setup.directory, "control.sock"));
t.teardown(() => control.close());

async function freshGrant() {
  await setup.admin.flushall();
  const client = await connect(origin, setup.user());
  const [key] = await setup.admin.keys("grant:*");
  notifications.length = 0;
  return { client, expected: [{ by: "grant", grantId: key!.replace("grant:", "") }] };
}

t.test("notifies the session-daemon once, before the response, for every kind of revocation", async (t) => {
  const revoked = await freshGrant();
  await revoke(origin, revoked.client, revoked.client.refreshToken);
  t.same(notifications, revoked.expected, "revocation");

  const code = await freshGrant();
  advance(11);
  await redeem(origin, code.client.code);
  t.same(notifications, code.expected, "replay of the code");

  const token = await freshGrant();
  await refresh(origin, token.client, token.client.refreshToken);
  advance(61);
  await refresh(origin, token.client, token.client.refreshToken);
  t.same(notifications, token.expected, "replay of a refresh token");

  const invalid = await freshGrant();
  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
  advance(2000);
  await refresh(origin, invalid.client, invalid.client.refreshToken);
  t.same(notifications, invalid.expected, "revocation at Forgejo");
});

t.test("notifies the session-daemon once of all grants of an account", async (t) => {
  const { client } = await freshGrant();
  for (let i = 0; i < 4; i++) await connect(origin, setup.user());
  const grants = (await setup.admin.keys("grant:*")).map((key) => key.replace("grant:", ""));
  t.equal(grants.length, 5);
  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
  advance(2000);
  const refreshes = Array.from({ length: 5 }, () => refresh(origin, client, client.refreshToken));
  for (const response of await Promise.all(refreshes))
    t.match(response, { body: { error: "invalid_grant" } });
  t.equal(notifications.length, 1);
  const [{ by, grantIds }] = notifications as [{ by: string; grantIds: string[] }];
  t.equal(by, "grants");
  t.same(grantIds.toSorted(), grants.toSorted());
  t.same(await setup.admin.keys("token:*"), []);
});

t.test("reports how many MCP sessions of each account ended with its grants", async (t) => {
  const { client, expected } = await freshGrant();
  const { grantId } = expected[0]!;
  const account = (await setup.admin.keys("account-grants:*"))[0]!.replace("account-grants:", "");
  const addSession = async (session: string, owner: string) => {
    await setup.admin.set(`session:id:${session}`, JSON.stringify({ grantId: owner }));
    await setup.admin.hset(`session:of:${account}`, session, `client ${owner}`);
    await setup.admin.sadd(`session:grant:${grantId}`, session);
  };
  await addSession("one", grantId);
  await addSession("two", grantId);
  await addSession("taken-over", "another-grant");
  await revoke(origin, client, client.refreshToken);
  t.same(notifications, [{ by: "grant", grantId, sessions: [[account, 2]] }]);
});

t.test("issues no usable token while its grant is revoked", async (t) => {
  const { client } = await freshGrant();
  const responses = await Promise.all([
    ...Array.from({ length: 20 }, () => refresh(origin, client, client.refreshToken)),
    revoke(origin, client, client.refreshToken),
    ...Array.from({ length: 20 }, () => refresh(origin, client, client.refreshToken)),
  ]);
  const refreshes = responses.filter(
    (response) => response.body.token_type !== undefined || response.status !== 200,
  );
  for (const { status, body } of refreshes) t.ok(status === 200 || body.error === "invalid_grant");
  t.same(await setup.admin.keys("token:*"), [], "nothing outlives the revocation");
  const after = await postForm(`${origin}/oauth/token`, {
    grant_type: "refresh_token",
    client_id: client.clientId,
    refresh_token: client.refreshToken,
  });
  t.match(after, { status: 400, body: { error: "invalid_grant" } });
});
