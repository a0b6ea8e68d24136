import { join } from "node:path";
import t, { type Test } from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { userCheckPath, userCheckResponse } from "@fjmcp/shared/ipc/user-check";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import type { OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import { connect, refresh, revoke, tokensOf } from "../support/client.ts";

/** Two auth-servers, and two clients of the same user. */
async function twoClients(t: Test) {
  const setup = await setUpAuthServer(t);
  const [origin, other] = [await setup.serve(), await setup.serve()];
  const first = await connect(origin, setup.user());
  const second = await connect(origin, setup.user());
  const call = { timeoutMs: 60_000 };
  const socketPath = (server: string) => join(setup.directory, `ipc-${new URL(server).port}.sock`);
  return {
    setup,
    origin,
    other,
    first,
    second,
    grantOf: async (accessToken: string) => {
      const record = await setup.admin.get(`token:access:${sha256Hex(accessToken)}`);
      return (JSON.parse(record!) as { grantId: string }).grantId;
    },
    check: (server: string, grantId: string) =>
      callIpc({
        ...call,
        socketPath: socketPath(server),
        path: userCheckPath,
        body: { grantId },
        schema: userCheckResponse,
      }),
    upstreamToken: (server: string, accessToken: string) =>
      callIpc({
        ...call,
        socketPath: socketPath(server),
        path: upstreamTokenPath,
        body: { accessToken },
        schema: upstreamTokenResponse,
      }),
  };
}

const isInvalidGrant = { status: 400, body: { error: "invalid_grant" } };

t.test("revokes all grants of the account once a check finds that Forgejo's grant is gone", async (t) => {
  const { setup, origin, other, first, second, grantOf, check } = await twoClients(t);
  const [grant, grantOfSecond] = [await grantOf(first.accessToken), await grantOf(second.accessToken)];
  t.same(await check(origin, grant), { status: "ok" });
  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
  t.same(await check(origin, grant), { status: "revoked" });
  t.same(await check(other, grantOfSecond), { status: "revoked" });
  t.match(await refresh(other, second, second.refreshToken), isInvalidGrant);
  const again = await connect(origin, setup.user(), second);
  t.same(await check(origin, await grantOf(again.accessToken)), { status: "ok" });
  t.same(await check(origin, grant), { status: "revoked" });
});

t.test(
  "rejects our next refresh once a check knows of a revocation, within the minute of the last check",
  async (t) => {
    const { setup, origin, first, grantOf, check } = await twoClients(t);
    const grant = await grantOf(first.accessToken);
    t.same(await check(origin, grant), { status: "ok" });
    setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
    const rotated: OAuthResponse = await refresh(origin, first, first.refreshToken);
    const tokens = tokensOf(rotated);
    t.same(await check(origin, grant), { status: "revoked" });
    t.match(await refresh(origin, first, tokens.refreshToken), isInvalidGrant);
  },
);

t.test("responds revoked for a grant that its client has revoked", async (t) => {
  const { origin, other, first, second, grantOf, check } = await twoClients(t);
  const grant = await grantOf(first.accessToken);
  await revoke(origin, first, first.refreshToken);
  t.same(await check(other, grant), { status: "revoked" });
  t.same(await check(other, await grantOf(second.accessToken)), { status: "ok" });
});

t.test("suspends a user, keeps every grant, and serves the user again afterwards", async (t) => {
  const { setup, origin, other, first, second, grantOf, check, upstreamToken } = await twoClients(t);
  const grant = await grantOf(first.accessToken);
  const suspended = { status: "suspended", message: /^You must change your password\. Change it at: http/ };
  setup.forgejo.controls.setUserState("alice", "must-change-password");
  t.match(await check(origin, grant), suspended);
  t.match(await upstreamToken(origin, first.accessToken), suspended);
  t.match(await upstreamToken(other, second.accessToken), suspended);
  const tokens = tokensOf(await refresh(origin, first, first.refreshToken));
  setup.forgejo.controls.setUserState("alice", "normal");
  t.same(await check(origin, grant), { status: "ok" });
  t.match(await upstreamToken(origin, tokens.accessToken), { status: "ok" });
  t.match(await upstreamToken(other, second.accessToken), { status: "ok" });
});

t.test("says misconfigured when our application is deleted at Forgejo, and keeps every grant", async (t) => {
  const { setup, origin, first, grantOf, check, upstreamToken } = await twoClients(t);
  const grant = await grantOf(first.accessToken);
  setup.forgejo.controls.deleteApp(setup.forgejoApp.clientId);
  t.same(await check(origin, grant), { status: "misconfigured" });
  t.same(await upstreamToken(origin, first.accessToken), { status: "misconfigured" });
  t.equal((await refresh(origin, first, first.refreshToken)).status, 200);
});

t.test("says unavailable while Forgejo or Redis does not respond", async (t) => {
  const { setup, origin, first, grantOf, check } = await twoClients(t);
  const grant = await grantOf(first.accessToken);
  setup.forgejo.controls.setFault({ path: /./, mode: "503" });
  t.same(await check(origin, grant), { status: "unavailable" });
  setup.forgejo.controls.clearFaults();
  await setup.redis.kill("SIGKILL");
  t.same(await check(origin, grant), { status: "unavailable" });
});
