import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { accessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { defaultToolsets } from "@fjmcp/shared/oauth/toolsets";
import type { OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import {
  authorizationRequest,
  authorize,
  openPage,
  redeem,
  refresh,
  register,
  tokensOf,
} from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const { clock, advance } = shiftedClock();
const setup = await setUpAuthServer(t);
const origin = await setup.serve({ clock });
const client = await register(origin);
const [read, both] = ["forgejo:read", "forgejo:read forgejo:write"];

/** What Redis holds of an access token and of its Grant. */
async function stored(response: OAuthResponse) {
  const key = redisKeys.accessToken(sha256Hex(tokensOf(response).accessToken));
  const record = accessTokenRecord.parse(JSON.parse((await setup.admin.get(key))!));
  const grant = JSON.parse((await setup.admin.get(redisKeys.grant(record.grantId)))!) as Record<
    string,
    unknown
  >;
  const { scope, requestedScope, toolsets } = record;
  return { record: { scope, requestedScope, toolsets }, grant };
}

/** From the authorization request to the token response. */
async function signIn(
  scope: string | undefined,
  signIn: { access?: "read" | "write"; toolsets?: readonly string[] } = {},
) {
  return redeem(origin, await authorize(origin, client, setup.user(), { more: { scope }, signIn }));
}

for (const [asked, requestedScope] of [
  [undefined, both],
  ["", both],
  ["openid profile", both],
  ["FORGEJO:READ", both],
  ["forgejo:read ", read],
  ["forgejo:read openid offline_access", read],
  ["forgejo:read forgejo:read", read],
  ["forgejo:write", both],
  ["forgejo:write forgejo:read", both],
  [both, both],
] as const) {
  for (const access of ["read", "write"] as const) {
    t.test(`grants ${access} access at most to a request for ${JSON.stringify(asked)}`, async (t) => {
      const scope = access === "write" ? requestedScope : read;
      const response = await signIn(asked, { access });
      t.match(response, { status: 200, body: { scope } });
      const { record, grant } = await stored(response);
      t.match(record, { scope, requestedScope });
      t.match(grant, { scope, requestedScope });

      const next = await refresh(origin, client, tokensOf(response).refreshToken);
      t.match(next, { status: 200, body: { scope } });
      t.match((await stored(next)).record, record, "the same after a refresh");
    });
  }
}

t.test("grants the areas that are ticked, and keeps them through rotations and repeats", async (t) => {
  t.strictSame((await stored(await signIn(both))).record.toolsets?.toSorted(), defaultToolsets.toSorted());
  const chosen = ["wiki", "issues"];
  let response = await signIn(both, { toolsets: chosen });
  for (let i = 0; i < 2; i++) {
    const { record, grant } = await stored(response);
    t.strictSame(record.toolsets, ["issues", "wiki"]);
    t.strictSame(grant.toolsets, ["issues", "wiki"]);
    const { refreshToken } = tokensOf(response);
    response = await refresh(origin, client, refreshToken);
    t.strictSame((await stored(await refresh(origin, client, refreshToken))).record.toolsets, [
      "issues",
      "wiki",
    ]);
  }
});

t.test("refreshes for less than is granted, and for all of it again afterwards", async (t) => {
  const first = await signIn(both);
  const less = await refresh(origin, client, tokensOf(first).refreshToken, { scope: read });
  t.match(less, { status: 200, body: { scope: read } });
  t.match((await stored(less)).record, { scope: read, requestedScope: read });
  t.match((await stored(less)).grant, { scope: both });
  for (const scope of ["forgejo:write", both, "openid", undefined]) {
    const more = await refresh(
      origin,
      client,
      tokensOf(less).refreshToken,
      scope === undefined ? {} : { scope },
    );
    t.match(more, { status: 200, body: { scope: both } }, String(scope));
    t.match((await stored(more)).record, { scope: both, requestedScope: both });
  }
});

t.test("rejects a refresh for more than the client asked for, and leaves its token as it was", async (t) => {
  const response = await signIn(read);
  const { refreshToken } = tokensOf(response);
  for (const scope of ["forgejo:write", both]) {
    const wider = await refresh(origin, client, refreshToken, { scope });
    t.match(wider, { status: 400, body: { error: "invalid_scope" } });
  }
  advance(120);
  t.match(await refresh(origin, client, refreshToken), { status: 200, body: { scope: read } });
});

t.test("ignores in a refresh what the client asked for and the user left out", async (t) => {
  const response = await signIn(both, { access: "read" });
  const again = await refresh(origin, client, tokensOf(response).refreshToken, { scope: both });
  t.match(again, { status: 200, body: { scope: read } });
  t.match((await stored(again)).record, { scope: read, requestedScope: both });
});

t.test("lets a client ask for more than it registered and got before, by a new consent", async (t) => {
  for (const scope of [read, "forgejo:write", "openid"]) {
    const limited = await register(origin, { scope });
    for (const asked of [read, both]) {
      const code = await authorize(origin, limited, setup.user(), { more: { scope: asked } });
      t.match(await redeem(origin, code), { status: 200, body: { scope: asked } }, `${scope}, then ${asked}`);
    }
  }
});

t.test("leaves an older grant of the client as it is", async (t) => {
  const older = await signIn(read);
  t.match(await signIn(both), { body: { scope: both } });
  t.match(await refresh(origin, client, tokensOf(older).refreshToken), {
    status: 200,
    body: { scope: read },
  });
});

t.test("rejects a scope that comes twice", async (t) => {
  const { url } = authorizationRequest(origin, client, { scope: read });
  url.searchParams.append("scope", both);
  const { status, html } = await openPage(url);
  t.equal(status, 400);
  t.match(html, /scope/);
});
