import { statSync, utimesSync } from "node:fs";
import t from "tap";
import { ScriptedOAuthClient } from "@fjmcp/testkit/oauth-client/scripted-oauth-client";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { CallingClient, ringNames, startWithKeyRings } from "./support/key-rings.ts";

const rings = await startWithKeyRings(t);
const { forgejo, stack, fjmcp, keys, linesOf } = rings;
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
const account = forgejo.users[0]!;
const newUser = () => new ScriptedUser(account);

const client = await ScriptedOAuthClient.register(stack.mcpUrl);
const stopAt = client.redirectUri;
const calling = new CallingClient(rings);
let refreshToken = "";

/** A refresh, whose response the client keeps unless it is lost. */
async function refresh({ isLost = false } = {}): Promise<{ status: number; refreshToken: string }> {
  const { status, body } = await client.refresh(refreshToken);
  const successor = String(body.refresh_token);
  if (!isLost && status === 200) {
    calling.accessToken = String(body.access_token);
    refreshToken = successor;
  }
  return { status, refreshToken: successor };
}

/** Two logins in progress: one at the open consent page, one at Forgejo. Each ends with tokens. */
async function startLogins() {
  const [reader, writer] = [newUser(), newUser()];
  const attempts = [client.authorize(), client.authorize()] as const;
  const page = await reader.visit(attempts[0].url);
  const atForgejo = (url: URL) => url.origin === new URL(forgejo.url).origin;
  const allowed = await (await writer.visit(attempts[1].url, { stopAt: atForgejo })).confirm("Allow", {});
  return async () => {
    const first = await reader.signInAndAllow(page.url, { stopAt });
    const second = await writer.signInAndAllow(allowed.externalRedirect!, { stopAt });
    const codes = [first, second].map((url) => url.searchParams.get("code")!);
    return Promise.all(
      codes.map(async (code, index) => (await client.exchange(attempts[index]!, code)).status),
    );
  };
}

/** A code that no user has typed yet. It ends with tokens. */
async function startDevice() {
  const metadata = { grant_types: [deviceGrant, "refresh_token"] };
  const { clientId } = await ScriptedOAuthClient.register(stack.mcpUrl, { metadata });
  const issued = await postForm(`${stack.issuer}/oauth/device`, { client_id: clientId });
  return async () => {
    const user = newUser();
    const form = await user.visit(`${stack.issuer}/device`);
    const { url } = await form.submit({ fields: { user_code: String(issued.body.user_code) } });
    await user.signInAndAllow(url, { stopAt: ({ pathname }) => pathname === url.pathname });
    const device_code = String(issued.body.device_code);
    const fields = { grant_type: deviceGrant, client_id: clientId, device_code };
    return (await postForm(client.server.token_endpoint, fields)).status;
  };
}

/** A browser with the page of connections open. Its form renames a connection. */
async function openConnections() {
  const user = newUser();
  let page = await user.visit(`${stack.issuer}/connections`);
  page = await page.submit({ button: "Sign in with Forgejo" });
  page = await page.submit({ fields: { user_name: account.name, password: account.password } });
  const [, path] = /href="(\/connections\/grants\/[^"]+)"/.exec(page.html)!;
  const open = await user.visit(`${stack.issuer}${path}`);
  return async (name: string) => {
    const renamed = await open.submit({ button: "Save name", fields: { name } });
    const list = await user.visit(`${stack.issuer}/connections`);
    return { status: renamed.status, list: list.text };
  };
}

const signingKeys = async () => {
  const { keys: published } = (await (await fetch(`${stack.issuer}/oauth/jwks`)).json()) as {
    keys: { kid: string }[];
  };
  return published.map(({ kid }) => kid);
};

t.before(async () => {
  const attempt = client.authorize();
  const back = await newUser().signInAndAllow(attempt.url, { stopAt });
  const { body } = await client.exchange(attempt, back.searchParams.get("code")!);
  calling.accessToken = String(body.access_token);
  refreshToken = String(body.refresh_token);
});

for (const [kind, ring] of [
  ["cookie", "cookie"],
  ["vault", "vault"],
  ["derivation", "derivation"],
  ["client-id", "derivation"],
  ["signing", "derivation"],
] as const) {
  t.test(`a rotation of the ${kind} key signs no user out`, async (t) => {
    t.match(await calling.call(), { status: 200, text: /alice/ });
    const session = calling.sessionId;
    const [before, published] = [(await keys()).filter((key) => key.kind === ring), await signingKeys()];
    const finishLogins = await startLogins();
    const finishDevice = await startDevice();
    const rename = await openConnections();
    t.equal((await refresh({ isLost: true })).status, 200);

    t.match(await fjmcp("keys", "rotate", kind), {
      code: 0,
      stdout: new RegExp(`The ${ring} key is a new one`),
    });
    t.equal(linesOf(ring).length, before.length + 1);
    t.equal(statSync(rings.file(ring)).mode & 0o777, 0o600);
    await rings.restart();

    const [current, ...earlier] = (await keys()).filter((key) => key.kind === ring);
    t.notOk(
      before.some(({ id }) => id === current!.id),
      "there is a new key",
    );
    t.match(
      earlier,
      before.map(({ id }) => ({ id, isCurrent: false })),
    );
    t.same((await signingKeys()).slice(-published.length), published, "what was signed can be verified");
    t.match(await calling.call(), { status: 200, text: /alice/ }, "the access token, and the vault");
    t.equal((await refresh()).status, 200, "a refresh whose response was lost");
    t.equal((await refresh()).status, 200, "its successor");
    t.match(await calling.call(), { status: 200, text: /alice/ });
    t.equal(calling.sessionId, session);
    t.same(await finishLogins(), [200, 200], "the logins in progress");
    t.equal(await finishDevice(), 200, "the code of a device");
    t.match(
      await rename(`a ${kind} name`),
      { status: 200, list: `a ${kind} name` },
      "the open page, and its session",
    );
  });
}

t.test("the earlier keys are dropped an hour after, once no connection needs them", async (t) => {
  await fjmcp("users", "end", account.name, "--yes");
  t.match(
    (await fjmcp("keys", "rotate", "--prune")).stdout,
    /kept, logins in progress.*\nNo key was dropped/s,
  );
  const longAgo = new Date(Date.now() - 3601_000);
  for (const ring of ringNames) utimesSync(rings.file(ring), longAgo, longAgo);
  t.notMatch((await fjmcp("keys", "rotate", "--prune")).stdout, "kept");
  for (const ring of ringNames) t.equal(linesOf(ring).length, 1, ring);
});
