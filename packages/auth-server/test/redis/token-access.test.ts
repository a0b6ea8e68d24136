import t from "tap";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { createTokenStore } from "../../src/redis/token-store.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const owner = { grantId: "g" as GrantId, accountId: "7" as AccountId, clientId: "c" as ClientId };
const access = {
  scope: "forgejo:read",
  requestedScope: "forgejo:read forgejo:write",
  toolsets: ["issues", "code"],
};

t.test("gives an access token no more than its grant has, and what the grant was asked for", async (t) => {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  const raw = unrestricted(t, redis);
  await raw.hset("upstream:app:7", "ciphertext", "x");
  const payload = JSON.stringify({ ...owner, ...access });
  await createGrantStore(own, "app", Date.now).store({ ...owner, payload, expiresInSec: 1000 });
  const tokens = createTokenStore(own, {
    firstForgejoClientId: "app",
    clock: Date.now,
    doubleSubmitMs: 10_000,
    refreshGraceMs: 60_000,
  });
  const recordOf = async (name: string, payload: object) => {
    const access = { hash: name as Hash, payload: JSON.stringify(payload), expiresInSec: 60 };
    await tokens.issue({ ...owner, tokens: { access } });
    return JSON.parse((await raw.get(`token:access:${name}`))!) as unknown;
  };
  const times = { iat: 1_700_000_000, exp: 1_700_086_400 };
  t.strictSame(
    await recordOf("all", { ...times, aud: "https://x/mcp", scope: "forgejo:read forgejo:write" }),
    { ...times, aud: "https://x/mcp", ...access },
    "the rest stays as it is",
  );
  const more = await recordOf("more", { scope: "forgejo:write admin", toolsets: ["admin"] });
  t.strictSame(more, { ...access, scope: "" });
  t.match(await recordOf("less", { scope: "forgejo:read", requestedScope: "forgejo:read" }), {
    requestedScope: "forgejo:read",
  });
});
