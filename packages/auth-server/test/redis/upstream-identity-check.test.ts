import t, { type Test } from "tap";
import { checkUpstreamIdentity } from "../../src/redis/upstream-identity-check.ts";
import { ConfigurationError } from "@fjmcp/shared/config/environment";
import { connection, privateRedis, unrestricted } from "../support/upstream-setup.ts";

const [url, moved, other] = ["https://a.example", "https://b.example/forge", "https://c.example"];
const same = { url, clientId: "app", keyId: "key" };

async function guardOf(t: Test) {
  const redis = await privateRedis(t);
  const own = await connection(t, redis);
  const guard = (changes: Partial<Parameters<typeof checkUpstreamIdentity>[1]> = {}) =>
    checkUpstreamIdentity(own, { ...same, ...changes });
  const raw = unrestricted(t, redis);
  await raw.set("upstream:app:1", "an account's tokens");
  return { guard, raw };
}

t.test("a changed Forgejo URL is refused until the old one is named", async (t) => {
  const { guard } = await guardOf(t);
  await guard();
  await guard();
  await t.rejects(guard({ url: moved }), ConfigurationError);
  await t.rejects(
    guard({ url: moved, previousUrl: other }),
    /b\.example.*FJMCP_FORGEJO_PREVIOUS_URL=https:\/\/a\.example/,
  );
  await guard({ url: moved, previousUrl: url });
  await guard({ url: moved, previousUrl: url });
  await guard({ url: moved });
  await t.rejects(guard(), ConfigurationError);
});

t.test("another vault key or application is refused until the old one is given up by name", async (t) => {
  const { guard } = await guardOf(t);
  await guard();
  await t.rejects(guard({ keyId: "new" }), /FJMCP_VAULT_KEY_FILE.*FJMCP_VAULT_DISCARD=app\/key/);
  await t.rejects(guard({ clientId: "new" }), /FJMCP_FORGEJO_CLIENT_ID.*FJMCP_VAULT_DISCARD=app\/key/);
  await t.rejects(guard({ keyId: "new", vaultDiscard: "app/other" }), ConfigurationError);
  await guard({ keyId: "new", vaultDiscard: "app/key" });
  await guard({ keyId: "new", vaultDiscard: "app/key" });
  await t.rejects(guard({ vaultDiscard: "app/key" }), ConfigurationError, "the old one is given up for good");
  await t.rejects(guard({ keyId: "newer", vaultDiscard: "app/key" }), /FJMCP_VAULT_DISCARD=app\/new/);
});

t.test("before anybody signed in, another key or application is no loss", async (t) => {
  const { guard, raw } = await guardOf(t);
  await guard();
  await raw.del("upstream:app:1");
  await guard({ clientId: "app2", keyId: "new" });
  await raw.set("upstream:app2:1", "an account's tokens");
  await t.rejects(guard(), /FJMCP_VAULT_DISCARD=app2\/new/);
});

t.test("every fault is told at once, and a refused start changes nothing", async (t) => {
  const { guard } = await guardOf(t);
  await guard();
  const refused = await guard({ url: moved, keyId: "new", clientId: "new" }).catch((error: unknown) => error);
  t.match(refused, {
    faults: [/^FJMCP_FORGEJO_URL:/, /^FJMCP_VAULT_KEY_FILE:/, /^FJMCP_FORGEJO_CLIENT_ID:/],
  });
  await t.rejects(guard({ url: moved, previousUrl: url, keyId: "new" }), ConfigurationError);
  await t.rejects(guard({ url: moved, keyId: "new", vaultDiscard: "app/key" }), ConfigurationError);
  await guard();
});

t.test("what is remembered lasts for years", async (t) => {
  const { guard, raw } = await guardOf(t);
  await guard();
  const keys = ["forgejo-url", "vault-identity"];
  for (const key of keys) t.ok((await raw.ttl(key)) > 365 * 86_400);
});
