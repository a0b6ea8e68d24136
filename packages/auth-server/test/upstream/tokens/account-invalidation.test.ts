import { join } from "node:path";
import t, { type Test } from "tap";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { setUpAuthServer, type AuthServerSetup } from "../../support/auth-server-setup.ts";
import { connect, refresh } from "../../support/client.ts";
import { kindsOfKeys } from "../../support/grant-keys.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const halfLifeSec = 1810;

/** Two auth-servers, and two clients of the same user, one at each. */
async function twoClients(t: Test) {
  const setup = await setUpAuthServer(t);
  const { clock, advance } = shiftedClock();
  const more = { FJMCP_FORGEJO_TIMEOUT_SECONDS: "5" };
  const origin = await setup.serve({ clock, more });
  const other = await setup.serve({ clock, more });
  const first = await connect(origin, setup.user());
  const second = await connect(origin, setup.user());
  return { setup, advance, origin, other, first, second };
}

function upstreamToken(setup: AuthServerSetup, origin: string, accessToken: string) {
  return callIpc({
    socketPath: join(setup.directory, `ipc-${new URL(origin).port}.sock`),
    path: upstreamTokenPath,
    body: { accessToken },
    schema: upstreamTokenResponse,
    timeoutMs: 60_000,
  });
}

t.test(
  "revokes all grants after a Forgejo grant is revoked, without a client loop, and allows a new login",
  async (t) => {
    const { setup, advance, origin, other, first, second } = await twoClients(t);
    t.match(await upstreamToken(setup, origin, first.accessToken), { status: "ok" });
    t.match(await upstreamToken(setup, other, second.accessToken), { status: "ok" });
    setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
    advance(halfLifeSec);
    t.same(await upstreamToken(setup, origin, first.accessToken), { status: "login_required" });
    t.same(await upstreamToken(setup, other, second.accessToken), { status: "invalid_token" });
    for (const client of [first, second]) {
      const response = await refresh(other, client, client.refreshToken);
      t.match(response, { status: 400, body: { error: "invalid_grant" } });
    }
    t.same(await kindsOfKeys(setup.admin), ["revoked-grant"]);

    const again = await connect(origin, setup.user(), first);
    t.match(await upstreamToken(setup, other, again.accessToken), { status: "ok" });
  },
);

t.test("replies invalid_grant to a refresh of our token when Forgejo's tokens are invalid", async (t) => {
  const { setup, advance, origin, first, second } = await twoClients(t);
  setup.forgejo.controls.revokeGrant("alice", setup.forgejoApp.clientId);
  advance(halfLifeSec);
  const response = await refresh(origin, first, first.refreshToken);
  t.match(response, { status: 400, body: { error: "invalid_grant" } });
  t.same(await upstreamToken(setup, origin, second.accessToken), { status: "invalid_token" });
});

t.test("revokes nothing at a Forgejo timeout or 5xx", async (t) => {
  const { setup, advance, origin, other, first, second } = await twoClients(t);
  for (const mode of ["hang", "500", "503"] as const) {
    advance(halfLifeSec / 3);
    setup.forgejo.controls.setFault({ path: /./, mode });
    t.match(await upstreamToken(setup, origin, first.accessToken), { status: "ok" }, mode);
    setup.forgejo.controls.clearFaults();
  }
  t.equal((await refresh(origin, first, first.refreshToken)).status, 200);
  t.match(await upstreamToken(setup, other, second.accessToken), { status: "ok" });
});

t.test("refreshes Forgejo's token with ours past half its life, and not before", async (t) => {
  const { setup, advance, origin, first } = await twoClients(t);
  const once = await refresh(origin, first, first.refreshToken);
  t.equal(setup.forgejo.controls.counts.refreshes, 0);
  advance(halfLifeSec);
  t.equal((await refresh(origin, first, String(once.body.refresh_token))).status, 200);
  t.equal(setup.forgejo.controls.counts.refreshes, 1);
});
