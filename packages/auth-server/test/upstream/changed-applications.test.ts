import { join } from "node:path";
import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { authorizationRequest, authorize, redeem, refresh, register, tokensOf } from "../support/client.ts";
import { startRig, type Rig } from "../support/running-auth-server.ts";

const invalidGrant = { status: 400, body: { error: "invalid_grant" } };

/** One auth-server after the other, each at the issuer, as after a change of its configuration. */
async function restart(rig: Rig, running: { process: { end(): Promise<unknown> } } | undefined, more = {}) {
  await running?.process.end();
  return rig.spawn({ FJMCP_LISTEN: `127.0.0.1:${new URL(rig.issuer).port}`, ...more });
}

async function connect(rig: Rig, access: "read" | "write") {
  const client = await register(rig.issuer);
  const code = await authorize(rig.issuer, client, rig.person(), { signIn: { access } });
  const tokens = tokensOf(await redeem(rig.issuer, code));
  const record = await rig.admin.get(`token:access:${sha256Hex(tokens.accessToken)}`);
  const { grantId } = JSON.parse(record!) as { grantId: string };
  return { ...client, ...tokens, grantId };
}

async function applicationOf(rig: Rig, grantId: string): Promise<string | undefined> {
  const grant = await rig.admin.get(`grant:${grantId}`);
  return (JSON.parse(grant!) as { forgejoClientId?: string }).forgejoClientId;
}

t.test("a grant made before there was a second application stays on the first", async (t) => {
  const rig = await startRig(t);
  const before = await restart(rig, undefined);
  const reading = await connect(rig, "read");
  // As an earlier version stored it.
  const grant = JSON.parse((await rig.admin.get(`grant:${reading.grantId}`))!) as object;
  const { forgejoClientId, ...unnamed } = grant as { forgejoClientId: string };
  t.equal(forgejoClientId, rig.forgejoApp.clientId);
  await rig.admin.set(`grant:${reading.grantId}`, JSON.stringify(unnamed), "KEEPTTL");

  await restart(rig, before, rig.readOnlyApp.environment);
  const again = await connect(rig, "read");
  t.equal(await applicationOf(rig, again.grantId), rig.readOnlyApp.clientId);
  const { refreshToken } = tokensOf(await refresh(rig.issuer, reading, reading.refreshToken));
  t.same(await rig.admin.keys(`upstream:${rig.forgejoApp.clientId}:*`), [
    `upstream:${rig.forgejoApp.clientId}:1`,
  ]);
  t.equal((await refresh(rig.issuer, reading, refreshToken)).status, 200);
});

t.test(
  "asks the users of an application that is removed from the configuration to sign in again",
  async (t) => {
    const rig = await startRig(t);
    const withBoth = await restart(rig, undefined, rig.readOnlyApp.environment);
    const reading = [await connect(rig, "read"), await connect(rig, "read")] as const;
    const writing = await connect(rig, "write");
    const withOne = await restart(rig, withBoth);

    const socketPath = join(rig.directory, `ipc-${new URL(withOne.origin).port}.sock`);
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
    t.match(await refresh(rig.issuer, reading[1], reading[1].refreshToken), invalidGrant);
    t.same(await rig.admin.keys(`upstream:${rig.readOnlyApp.clientId}:*`), []);
    const [, ended] = await rig.admin.lrange("account-history:1", 0, 1);
    t.match(JSON.parse(ended!), { kind: "ended", reason: "application_removed" });
    t.equal((await refresh(rig.issuer, writing, writing.refreshToken)).status, 200);
    const again = await connect(rig, "read");
    t.equal(await applicationOf(rig, again.grantId), rig.forgejoApp.clientId);
  },
);

t.test("a login whose application is removed meanwhile starts again with the first one", async (t) => {
  const rig = await startRig(t);
  const withBoth = await restart(rig, undefined, rig.readOnlyApp.environment);
  const client = await register(rig.issuer);
  const request = authorizationRequest(rig.issuer, client);
  const person = rig.person();
  const consent = await person.visit(request.url, { stopAt: client.redirectUri });
  const login = await consent.confirm("Allow", { access: "read" });
  await restart(rig, withBoth);
  const allow = { name: "granted", value: "true" };
  const first = await login.submit({ fields: { user_name: "alice", password: "alice-password" } });
  t.match(first.html, "fjmcp (read only)");
  const second = await first.submit({ button: allow });
  t.notMatch(second.html, "fjmcp (read only)", "Forgejo asks for the other application");
  const { externalRedirect } = await second.submit({ button: allow });
  const code = externalRedirect!.searchParams.get("code")!;
  const { verifier } = request;
  const { accessToken } = tokensOf(await redeem(rig.issuer, { ...client, code, verifier }));
  const record = await rig.admin.get(`token:access:${sha256Hex(accessToken)}`);
  const { grantId } = JSON.parse(record!) as { grantId: string };
  t.equal(await applicationOf(rig, grantId), rig.forgejoApp.clientId);
});
