import t, { type Test } from "tap";
import { checkUpstreamIdentity } from "../../src/redis/upstream-identity-check.ts";
import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const [url, moved, other] = ["https://a.example", "https://b.example/forge", "https://c.example"];
const same = { url, clientId: "app", keyId: "key" };

async function setUp(t: Test) {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  const check = (changes: Partial<Parameters<typeof checkUpstreamIdentity>[1]> = {}) =>
    checkUpstreamIdentity(own, { ...same, ...changes });
  const raw = unrestricted(t, redis);
  await raw.set("upstream:app:1", "an account's tokens");
  return { check, raw };
}

t.test("rejects a changed Forgejo URL until the previous one is named", async (t) => {
  const { check } = await setUp(t);
  await check();
  await check();
  await t.rejects(check({ url: moved }), ConfigurationError);
  await t.rejects(
    check({ url: moved, previousUrl: other }),
    /b\.example.*FJMCP_FORGEJO_PREVIOUS_URL=https:\/\/a\.example/,
  );
  await check({ url: moved, previousUrl: url });
  await check({ url: moved, previousUrl: url });
  await check({ url: moved });
  await t.rejects(check(), ConfigurationError);
});

t.test("rejects another vault key or application until the old one is discarded by name", async (t) => {
  const { check } = await setUp(t);
  await check();
  await t.rejects(check({ keyId: "new" }), /FJMCP_VAULT_KEY_FILE.*FJMCP_VAULT_DISCARD=app\/key/);
  await t.rejects(check({ clientId: "new" }), /FJMCP_FORGEJO_CLIENT_ID.*FJMCP_VAULT_DISCARD=app\/key/);
  await t.rejects(check({ keyId: "new", vaultDiscard: "app/other" }), ConfigurationError);
  await check({ keyId: "new", vaultDiscard: "app/key" });
  await check({ keyId: "new", vaultDiscard: "app/key" });
  await t.rejects(check({ vaultDiscard: "app/key" }), ConfigurationError, "the old one is discarded");
  await t.rejects(check({ keyId: "newer", vaultDiscard: "app/key" }), /FJMCP_VAULT_DISCARD=app\/new/);
});

t.test("accepts another key or application before the first login", async (t) => {
  const { check, raw } = await setUp(t);
  await check();
  await raw.del("upstream:app:1");
  await check({ clientId: "app2", keyId: "new" });
  await raw.set("upstream:app2:1", "an account's tokens");
  await t.rejects(check(), /FJMCP_VAULT_DISCARD=app2\/new/);
});

t.test("reports every fault at once, and changes nothing on a rejected start", async (t) => {
  const { check } = await setUp(t);
  await check();
  const error = await check({ url: moved, keyId: "new", clientId: "new" }).catch((thrown: unknown) => thrown);
  t.match(error, {
    faults: [/^FJMCP_FORGEJO_URL:/, /^FJMCP_VAULT_KEY_FILE:/, /^FJMCP_FORGEJO_CLIENT_ID:/],
  });
  await t.rejects(check({ url: moved, previousUrl: url, keyId: "new" }), ConfigurationError);
  await t.rejects(check({ url: moved, keyId: "new", vaultDiscard: "app/key" }), ConfigurationError);
  await check();
});

t.test("keeps the recorded identity for years", async (t) => {
  const { check, raw } = await setUp(t);
  await check();
  const keys = ["forgejo-url", "vault-identity"];
  for (const key of keys) t.ok((await raw.ttl(key)) > 365 * 86_400);
});
