import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { grantIdSchema, type GrantId } from "@fjmcp/shared/ids";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { GrantedAccess } from "../../src/grant/granted-access.ts";
import { createGrantNarrowing } from "../../src/grant/grant-narrowing.ts";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { connect, refresh, tokensOf } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { connection } from "../support/upstream-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const notified: string[] = [];
const recorded: unknown[] = [];
const narrowBy = createGrantNarrowing({
  store: createGrantStore(await connection(t, setup.redis), "app", Date.now),
  sessionDaemon: {
    notifyPolicyChanged: async (grant) => {
      notified.push(grant);
      throw new Error("away");
    },
  },
  history: { narrowed: async ({ accountId }, by) => void recorded.push([accountId, by]) },
  events: { grantNarrowed: (event) => void recorded.push(event), policyNotifyFailed: () => undefined },
});
const narrow = (grant: GrantId, access: GrantedAccess) => narrowBy(grant, access, "user");

/** A connected client with two access tokens, and what Redis holds of a token. */
async function setUp() {
  const client = await connect(origin, setup.user());
  const second = tokensOf(await refresh(origin, client, client.refreshToken));
  const recordOf = async (token: string) =>
    JSON.parse((await setup.admin.get(redisKeys.accessToken(sha256Hex(token))))!) as {
      grantId: string;
      scope: string;
      toolsets: string[];
    };
  const grantId = grantIdSchema.parse((await recordOf(client.accessToken)).grantId);
  return { client, second, recordOf, grantId };
}

t.test("narrows a grant with all its access tokens, those of later refreshes included", async (t) => {
  const { client, second, recordOf, grantId } = await setUp();
  const access = { scopes: ["forgejo:read"], toolsets: ["code", "wiki"] } as const;
  t.equal(await narrow(grantId, access), "narrowed");
  t.strictSame(notified.splice(0), [grantId]);
  t.match(recorded, [{ grantId, accountId: "1", ...access }, ["1", "user"]]);
  const narrowed = { scope: "forgejo:read", requestedScope: scopes.join(" "), toolsets: ["code"] };
  for (const token of [client.accessToken, second.accessToken]) t.match(await recordOf(token), narrowed);
  t.ok((await setup.admin.ttl(redisKeys.accessToken(sha256Hex(client.accessToken)))) > 0);
  t.ok((await setup.admin.ttl(redisKeys.grant(grantId))) > 0);

  const later = await refresh(origin, client, second.refreshToken, { scope: scopes.join(" ") });
  t.match(later, { status: 200, body: { scope: "forgejo:read" } });
  t.match(await recordOf(tokensOf(later).accessToken), narrowed);
  t.equal(await narrow(grantId, { scopes, toolsets }), "narrowed", "more changes nothing");
  t.match(await recordOf(client.accessToken), narrowed);
});

t.test("changes nothing where nothing would be left, and at an unknown grant", async (t) => {
  const { client, recordOf, grantId } = await setUp();
  const before = await recordOf(client.accessToken);
  notified.splice(0);
  t.equal(await narrow(grantId, { scopes, toolsets: ["wiki"] }), "empty");
  t.equal(await narrow(grantId, { scopes: [], toolsets }), "empty");
  t.equal(await narrow(grantIdSchema.parse("unknown"), { scopes, toolsets }), "unknown");
  t.strictSame(await recordOf(client.accessToken), before);
  t.strictSame(notified, []);
});

t.test("leaves no wider token when it is narrowed during refreshes", async (t) => {
  const { client, grantId } = await setUp();
  const access = { scopes: ["forgejo:read"], toolsets: ["issues"] } as const;
  const [, ...responses] = await Promise.all([
    narrow(grantId, access),
    ...Array.from({ length: 8 }, () => refresh(origin, client, client.refreshToken)),
  ]);
  const tokens = await setup.admin.lrange(`grant-access-tokens:${grantId}`, 0, "-1");
  t.not(tokens.length, 0);
  for (const token of tokens) {
    const record = JSON.parse((await setup.admin.get(token.split(" ")[0]!))!) as object;
    t.match(record, { scope: "forgejo:read", toolsets: ["issues"] });
  }
  t.ok(responses.every(({ status }) => status === 200));
});
