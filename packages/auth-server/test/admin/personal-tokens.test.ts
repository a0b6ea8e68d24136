import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { sha256Hex } from "@fjmcp/shared/hash";
import t from "tap";
import { connect, refresh } from "../support/client.ts";
import { allowDevice, poll, requestDeviceCode, typeCode } from "../support/device.ts";
import { daySec, servePersonalTokens, wanted } from "../support/personal-tokens.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const tokens = await servePersonalTokens(setup);
const { origin, admin, start, claim, create, statusOf, list } = tokens;
const idOf = (name: string) => String(setup.forgejo.users.find((user) => user.name === name)!.id);

t.test("gives a token with a prefix and a checksum, once, after its user has allowed it", async (t) => {
  const { deviceCode, userCode, verificationUri } = await start({ toolsets: ["wiki"] });
  t.equal(verificationUri, `${origin}/device?user_code=${userCode}`);
  t.same(await claim(deviceCode), { status: "pending" });
  const user = setup.user();
  const consent = await typeCode(origin, user, userCode);
  t.match(consent.text, "nightly ci");
  t.match(consent.text, "A personal token");
  t.match(consent.text, "Its access ends after 90 days.");
  t.match(consent.html, /value="wiki"\s+checked/);
  await allowDevice(origin, user, userCode, { access: "read" });
  const cookies = await user.cookies.namesFor(origin);
  t.notOk(cookies.includes("fjmcp-choices"), "each token is another, so that no choice is remembered");
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(deviceCode)));
  const created = claims.flatMap((one) => (one.status === "created" ? one : []));
  t.equal(created.length, 1, "one claim gets it");
  const { token, name } = created[0]!;
  t.equal(name, "nightly ci");
  const [, random, checksum] = /^fjmcp_pat_([\dA-Za-z]{36})([\dA-Za-z]{6})$/.exec(token)!;
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const value = Array.from(checksum!).reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0);
  t.equal(value, crc32(random!));

  const record = JSON.parse((await setup.admin.get(`token:access:${sha256Hex(token)}`))!) as object;
  t.match(record, {
    scope: "forgejo:read",
    toolsets: ["wiki"],
    aud: `${origin}/mcp`,
    accountId: idOf("alice"),
  });
  const ttl = await setup.admin.ttl(`token:access:${sha256Hex(token)}`);
  t.ok(ttl > 90 * daySec - 60 && ttl <= 90 * daySec);
  t.equal(await statusOf(token), "ok");
  t.equal(await statusOf(`${token}x`), "invalid_token");
  const [listed] = await list();
  t.match(listed, {
    name: "nightly ci",
    accountId: idOf("alice"),
    scopes: ["forgejo:read"],
    toolsets: ["wiki"],
    lastUsedAtSec: Number,
  });
});

t.test("bounds name and expiry, and needs a user", async (t) => {
  for (const more of [
    { expiresInSec: 366 * daySec },
    { expiresInSec: 0 },
    { name: "" },
    { name: "x".repeat(81) },
  ])
    t.equal(await tokens.statusOfAdmin("/tokens/request", { ...wanted, ...more }), 400);
  const { deviceCode, userCode } = await start();
  await (await typeCode(origin, setup.user(), userCode)).submit({ button: "Deny" });
  t.match(await claim(deviceCode), { status: "denied", reason: /did not allow/ });
  t.same(await claim("unknown"), { status: "expired" });
});

t.test("keeps its client from the endpoints of clients", async (t) => {
  t.equal((await requestDeviceCode(origin, "fjmcp-personal-token")).status, 401);
  const { deviceCode, userCode } = await start();
  await allowDevice(origin, setup.user(), userCode);
  const device = { clientId: "fjmcp-personal-token", deviceCode, userCode, filledIn: "" };
  t.equal((await poll(origin, device)).status, 401);
  t.match(await claim(deviceCode), { status: "created" });
});

t.test("revokes one token alone, and all with the account", async (t) => {
  const user = setup.user("bob");
  const [one, two] = [await create(user, { name: "one" }), await create(user, { name: "two" })];
  const client = await connect(origin, user);
  const id = (await list()).find(({ name }) => name === "one")!.grantId;
  t.same(await admin("/tokens/end", { grantId: id }), { status: "ok", grants: 1 });
  t.same(await admin("/tokens/end", { grantId: id }), { status: "unknown", grants: 0 });
  t.equal(await statusOf(one.token), "invalid_token");
  t.equal(await statusOf(two.token), "ok");
  await admin("/users/end", { accountId: idOf("bob") });
  t.equal(await statusOf(two.token), "invalid_token");
  t.equal((await refresh(origin, client, client.refreshToken)).status, 400);
  t.notOk((await list()).some(({ accountId }) => accountId === idOf("bob")));
  t.same(await setup.admin.keys(`account-personal-tokens:${idOf("bob")}`), []);
});

t.test("never logs a token or its code, and stores neither", async (t) => {
  const { token, deviceCode } = await create(setup.user());
  const log = await readFile(tokens.process.logFile, "utf8");
  t.match(log, '"event":"personal_token.created"');
  t.match(log, '"event":"access.ended"');
  for (const secret of [token, token.slice(10, 40), deviceCode]) t.notMatch(log, secret);
  t.notMatch(log, "fjmcp_pat_");
  const stored: unknown[] = await setup.admin.keys("*");
  for (const key of await setup.admin.keys("*")) {
    const type = await setup.admin.type(key);
    if (type === "string") stored.push(await setup.admin.get(key));
    if (type === "hash") stored.push(await setup.admin.hgetall(key));
  }
  t.notMatch(JSON.stringify(stored), token.slice(10, 40));
  t.notMatch(JSON.stringify(stored), deviceCode);
});

t.test("a personal token that is claimed twice stays with the first claim", async (t) => {
  const { deviceCode } = await create(setup.user("bob"));
  t.same(await claim(deviceCode), { status: "pending" }, "its response may still be on the way");
  const key = `device-code:${sha256Hex(deviceCode)}`;
  await setup.admin.hincrby(key, "redeemedAtMs", -60_000);
  t.match(await claim(deviceCode), { status: "denied", reason: /claimed before/ });
});

t.test("lists of personal tokens do not outlive them because of other clients", async (t) => {
  const user = setup.user();
  await create(user, { expiresInSec: 600 });
  const key = `account-personal-tokens:${idOf("alice")}`;
  const before = await setup.admin.expiretime(key);
  await connect(origin, user);
  t.equal(await setup.admin.expiretime(key), before);
});

t.test("cleans the name of a token for the lists where it is shown", async (t) => {
  const { name } = await create(setup.user(), { name: " \u001b]0;x\u0007night\nly " });
  t.equal(name, "]0;xnight ly");
  t.equal(await tokens.statusOfAdmin("/tokens/request", { ...wanted, name: " \u200b " }), 400);
});
