import t from "tap";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { sha256Hex } from "@fjmcp/shared/hash";
import { createPersonalTokens } from "../../src/grant/personal-tokens.ts";
import { personalTokenClientId } from "../../src/grant/personal-token.ts";
import { createGrantDirectory } from "../../src/redis/grant-directory.ts";
import { createGrantStore } from "../../src/redis/grant-store.ts";
import { createTokenStore } from "../../src/redis/token-store.ts";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

t.test("makes a token for a user of a page, and lists it", async (t) => {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  const raw = unrestricted(t, redis);
  await raw.hset("upstream:app:7", "ciphertext", "x");
  const clock = () => 1_800_000_000_000;
  const grants = createGrantStore(own, "app", clock);
  const accountId = "7" as AccountId;
  const grantId = "g" as GrantId;
  const created: unknown[] = [];
  const personalTokens = createPersonalTokens({
    tokens: createTokenStore(own, {
      firstForgejoClientId: "app",
      clock,
      doubleSubmitMs: 1,
      refreshGraceMs: 1,
    }),
    history: { tokenCreated: async () => undefined },
    directory: createGrantDirectory(own),
    async storeGrant(account, { scopes, toolsets }, personalToken) {
      const scope = scopes.join(" ");
      const owner = { accountId: account, clientId: personalTokenClientId };
      const { name: label, ...rest } = personalToken;
      const members = { scope, requestedScope: scope, toolsets, label, personalToken: rest };
      const payload = { ...owner, ...members, iat: 1_800_000_000 };
      await grants.store({
        grantId,
        accountId,
        payload: JSON.stringify(payload),
        expiresInSec: 600,
        isPersonalToken: true,
      });
      return { grantId, scope };
    },
    resource: "https://mcp.example/mcp",
    clock,
    events: { personalTokenCreated: (event) => void created.push(event) },
  });
  const access = { scopes: ["forgejo:read"], toolsets: ["issues"] } as const;
  const { token, expiresAtSec } = await personalTokens.create(accountId, {
    name: "ci",
    access,
    expiresInSec: 3600,
  });
  t.equal(expiresAtSec, 1_800_003_600);
  t.match(JSON.parse((await raw.get(`token:access:${sha256Hex(token)}`))!), {
    scope: "forgejo:read",
    exp: expiresAtSec,
    grantId,
  });
  t.match(await personalTokens.list(accountId), [
    { grantId, access, name: "ci", expiresAtSec, createdAtSec: 1_800_000_000 },
  ]);
  const granted = { scope: "forgejo:read", toolsets: ["issues"] };
  t.same(created, [{ accountId, grantId, name: "ci", expiresAtSec, ...granted }]);
});
