import { join } from "node:path";
import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { authorizationRequest, authorize, redeem, refresh, register, tokensOf } from "../support/client.ts";
import { setUpAuthServer, type AuthServerSetup } from "../support/auth-server-setup.ts";

const invalidGrant = { status: 400, body: { error: "invalid_grant" } };

/** One auth-server after the other, each at the issuer, as after a change of its configuration. */
async function restart(
  setup: AuthServerSetup,
  running: { process: { end(): Promise<unknown> } } | undefined,
  more = {},
) {
  await running?.process.end();
  return setup.spawn({ FJMCP_LISTEN: `127.0.0.1:${new URL(setup.issuer).port}`, ...more });
}

async function connect(setup: AuthServerSetup, access: "read" | "write") {
  const client = await register(setup.issuer);
  const code = await authorize(setup.issuer, client, setup.user(), { signIn: { access } });
  const tokens = tokensOf(await redeem(setup.issuer, code));
  const record = await setup.admin.get(`token:access:${sha256Hex(tokens.accessToken)}`);
  const { grantId } = JSON.parse(record!) as { grantId: string };
  return { ...client, ...tokens, grantId };
}

async function applicationOf(setup: AuthServerSetup, grantId: string): Promise<string | undefined> {
  const grant = await setup.admin.get(`grant:${grantId}`);
  return (JSON.parse(grant!) as { forgejoClientId?: string }).forgejoClientId;
}

t.test("a grant made before there was a second application stays on the first", async (t) => {
  const setup = await setUpAuthServer(t);
  const before = await restart(setup, undefined);
  const reading = await connect(setup, "read");
  // As an earlier version stored it.
  const grant = JSON.parse((await setup.admin.get(`grant:${reading.grantId}`))!) as object;
  const { forgejoClientId, ...unnamed } = grant as { forgejoClientId: string };
  t.equal(forgejoClientId, setup.forgejoApp.clientId);
  await setup.admin.set(`grant:${reading.grantId}`, JSON.stringify(unnamed), "KEEPTTL");

  await restart(setup, before, setup.readOnlyApp.environment);
  const again = await connect(setup, "read");
  t.equal(await applicationOf(setup, again.grantId), setup.readOnlyApp.clientId);
  const { refreshToken } = tokensOf(await refresh(setup.issuer, reading, reading.refreshToken));
  t.same(await setup.admin.keys(`upstream:${setup.forgejoApp.clientId}:*`), [
    `upstream:${setup.forgejoApp.clientId}:1`,
  ]);
  t.equal((await refresh(setup.issuer, reading, refreshToken)).status, 200);
});

t.test(
  "asks the users of an application that is removed from the configuration to sign in again",
  async (t) => {
    const setup = await setUpAuthServer(t);
    const withBoth = await restart(setup, undefined, setup.readOnlyApp.environment);
    const reading = [await connect(setup, "read"), await connect(setup, "read")] as const;
    const writing = await connect(setup, "write");
    const withOne = await restart(setup, withBoth);

    const socketPath = join(setup.directory, `ipc-${new URL(withOne.origin).port}.sock`);
    const upstream = (accessToken: string) =>
      callIpc({
        socketPath,
        path: upstreamTokenPath,
        body: { accessToken },
        schema: upstreamTokenResponse,
        timeoutMs: 30_000,
      });
    t.same(await upstream(reading[0].accessToken), { status: "login_required" });
    t.same(await upstream(reading[0].accessToken), { status: "invalid_token" });
    t.match(await refresh(setup.issuer, reading[1], reading[1].refreshToken), invalidGrant);
    t.same(await setup.admin.keys(`upstream:${setup.readOnlyApp.clientId}:*`), []);
    const [, ended] = await setup.admin.lrange("account-history:1", 0, 1);
    t.match(JSON.parse(ended!), { kind: "ended", reason: "application_removed" });
    t.equal((await refresh(setup.issuer, writing, writing.refreshToken)).status, 200);
    const again = await connect(setup, "read");
    t.equal(await applicationOf(setup, again.grantId), setup.forgejoApp.clientId);
  },
);

t.test("a login whose application is removed meanwhile starts again with the first one", async (t) => {
  const setup = await setUpAuthServer(t);
  const withBoth = await restart(setup, undefined, setup.readOnlyApp.environment);
  const client = await register(setup.issuer);
  const request = authorizationRequest(setup.issuer, client);
  const user = setup.user();
  const consent = await user.visit(request.url, { stopAt: client.redirectUri });
  const login = await consent.confirm("Allow", { access: "read" });
  await restart(setup, withBoth);
  const allow = { name: "granted", value: "true" };
  const first = await login.submit({ fields: { user_name: "alice", password: "alice-password" } });
  t.match(first.html, "fjmcp (read only)");
  const second = await first.submit({ button: allow });
  t.notMatch(second.html, "fjmcp (read only)", "Forgejo asks for the other application");
  const { externalRedirect } = await second.submit({ button: allow });
  const code = externalRedirect!.searchParams.get("code")!;
  const { verifier } = request;
  const { accessToken } = tokensOf(await redeem(setup.issuer, { ...client, code, verifier }));
  const record = await setup.admin.get(`token:access:${sha256Hex(accessToken)}`);
  const { grantId } = JSON.parse(record!) as { grantId: string };
  t.equal(await applicationOf(setup, grantId), setup.forgejoApp.clientId);
});
