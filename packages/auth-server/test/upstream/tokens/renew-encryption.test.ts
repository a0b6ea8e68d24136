import t from "tap";
import { Secret } from "@fjmcp/shared/config/secret";
import type { AccountId } from "@fjmcp/shared/ids";
import { createAuditEvents } from "../../../src/audit-events.ts";
import { createKeyRing } from "../../../src/crypto/key-ring.ts";
import { renewEncryption } from "../../../src/upstream/tokens/renew-encryption.ts";
import { logIn, memoryLog, setUpstream, unrestricted } from "../../support/upstream-setup.ts";

const signal = new AbortController().signal;

t.test("renews each record that it can, and logs how many it cannot", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup, "alice");
  await logIn(setup, "bob");
  const raw = unrestricted(t, setup.redis);
  const keyOf = (account: string) => `upstream:${setup.options.forgejo.clientId}:${account}`;
  const broken = ["800", "900"] as AccountId[];
  await raw.hset(keyOf(broken[0]!), { ciphertext: "garbage" });
  await raw.copy(keyOf(setup.account("alice")), keyOf(broken[1]!));
  const vaultKey = new Secret(
    `another vault key of more than 32 characters\n${setup.options.vaultKey.reveal()}`,
  );
  const { vaultKeys } = await setup.another({}, undefined, { vaultKey });
  const living = [setup.account("alice"), setup.account("bob")];
  const { log, text } = memoryLog();

  const directory = { accounts: async () => [...broken, ...living] };
  await renewEncryption(directory, vaultKeys, createAuditEvents(log), signal);

  const currentId = createKeyRing(vaultKey).current.vaultId;
  for (const account of living) t.same(await vaultKeys.keyIdsOf(account), [currentId]);
  t.equal(await raw.hget(keyOf(broken[0]!), "ciphertext"), "garbage", "left as it is");
  t.match(text(), /vault\.renewal_failed'[^]*failed: 2,[^]*accounts: 4/);
});

t.test("reads nothing when there is one key", async (t) => {
  const { upstream } = await setUpstream(t);
  const directory = { accounts: () => Promise.reject(new Error("read")) };
  const { log, text } = memoryLog();
  await renewEncryption(directory, upstream.vaultKeys, createAuditEvents(log), signal);
  t.equal(text(), "");
});
