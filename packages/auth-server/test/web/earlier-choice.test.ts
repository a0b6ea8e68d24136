import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import type { ScriptedUser, SignInOptions } from "@fjmcp/testkit/scripted-user/scripted-user";
import { authorizationRequest, authorize, register, type Registered } from "../support/client.ts";
import { allowDevice, registerDevice, requestDeviceCode, startDevice, typeCode } from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const cookieName = "fjmcp-choices";
const named = (client_name: string, uri: string) => register(origin, { client_name, redirect_uris: [uri] });

/** The sentence about an earlier choice on a page, without its day. */
function earlierOn({ text }: { text: string }): string | undefined {
  return /an application that looked the same here was allowed in this browser: (.*)\. Choose again/.exec(
    text,
  )?.[1];
}

const consentOf = (user: ScriptedUser, client: Registered) =>
  user.visit(authorizationRequest(origin, client).url);
const shownTo = async (user: ScriptedUser, client: Registered) => earlierOn(await consentOf(user, client));

async function cookieOf(user: ScriptedUser): Promise<string | undefined> {
  const sent = await user.cookies.header(new URL(origin), { crossSite: false, method: "GET" });
  return new RegExp(`${cookieName}=([^;]*)`).exec(sent)?.[1];
}
const setCookieOf = (user: ScriptedUser, value: string) =>
  user.cookies.store(new URL(origin), [`${cookieName}=${value}; Path=/`]);

async function allow(user: ScriptedUser, client: Registered, signIn: Partial<SignInOptions>): Promise<void> {
  await authorize(origin, client, user, { signIn });
}

t.test(
  "what was chosen for a client stands as text when it asks again, and preselects nothing",
  async (t) => {
    const user = setup.user();
    const client = await named("Editor", "https://client.example/callback");
    t.equal(await shownTo(user, client), undefined, "not at first");
    await allow(user, client, { access: "write", toolsets: ["issues", "wiki"] });
    const page = await consentOf(user, client);
    t.equal(earlierOn(page), "Read and write (Issues, Wiki)");
    const dayMs = Number((await cookieOf(user))!.slice(0, 5)) * 86_400_000;
    t.ok(Math.abs(dayMs - Date.now()) < 2 * 86_400_000, "today");
    const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" }).format(dayMs);
    t.match(page.text, `On ${day}, an application`);
    t.same(page.form({ button: "Allow" })?.requiredChoices(), { access: "write" });
    await t.rejects(page.submit({ button: "Allow" }), { message: "The form requires access" });
    t.notMatch(page.html, /name="access"\s+value="\w+"\s+required\s+checked/);
    t.notMatch(page.html, /value="wiki"\s+checked/);

    await allow(user, client, { access: "read", toolsets: ["code"] });
    t.equal(await shownTo(user, client), "Read only (Code)", "the latest choice");
    t.equal((await cookieOf(user))!.split("~").length, 1, "in place of the earlier one");
    t.equal(await shownTo(setup.user("bob"), client), undefined, "not in another browser");
  },
);

t.test(
  "a client that registers anew is the same one by name and address, on any loopback port",
  async (t) => {
    const user = setup.user();
    await allow(user, await named("Editor", "http://localhost:4100/callback"), { toolsets: ["issues"] });
    for (const [name, uri, isSame] of [
      ["Editor", "http://localhost:4100/callback", true],
      ["Editor", "http://localhost:51000/callback", true],
      ["editor", "http://localhost:4100/callback", false],
      ["Editor", "http://localhost:4100/other", false],
      ["Editor", "http://127.0.0.1:4100/callback", false],
      ["Editor", "https://client.example/callback", false],
      ["Editor", "editor://callback", false],
    ] as const) {
      const shown = await shownTo(user, await named(name, uri));
      t.equal(shown, isSame ? "Read and write (Issues)" : undefined, `${name} ${uri}`);
    }
    await allow(user, await named("Site", "https://client.example:8443/callback"), { toolsets: ["issues"] });
    t.notOk(
      await shownTo(user, await named("Site", "https://client.example/callback")),
      "another port of a site",
    );
  },
);

t.test("a device is known by its registration alone", async (t) => {
  const user = setup.user();
  const device = await startDevice(origin);
  await allowDevice(origin, user, device.userCode, { access: "read", toolsets: ["issues"] });
  const again = await requestDeviceCode(origin, device.clientId);
  t.equal(earlierOn(await typeCode(origin, user, String(again.body.user_code))), "Read only (Issues)");
  const other = await requestDeviceCode(origin, await registerDevice(origin));
  t.equal(earlierOn(await typeCode(origin, user, String(other.body.user_code))), undefined, "same name");
});

t.test("a page that is shown again still has the text", async (t) => {
  const user = setup.user();
  const client = await named("Editor", "https://client.example/callback");
  await allow(user, client, { toolsets: ["issues"] });
  const page = await consentOf(user, client);
  const again = await page.submit({ button: "Allow", fields: { access: "read", toolset: [] } });
  t.equal(again.status, 400);
  t.equal(earlierOn(again), "Read and write (Issues)");
});

t.test("nothing is remembered of a denied request or of a login that fails", async (t) => {
  const user = setup.user();
  const client = await named("Editor", "https://client.example/callback");
  const { url } = authorizationRequest(origin, client);
  await user.signInAndAllow(url, { stopAt: client.redirectUri, consent: "deny" });
  t.equal(await cookieOf(user), undefined);
  const bob = setup.user("bob");
  await bob.signInAndAllow(url, { stopAt: client.redirectUri, forgejo: "deny" });
  t.equal(await cookieOf(bob), undefined);
});

t.test("a cookie that this server did not make shows no text", async (t) => {
  const user = setup.user();
  const client = await named("Editor", "https://client.example/callback");
  const other = await named("Other", "https://client.example/callback");
  await allow(user, client, { access: "read", toolsets: ["issues"] });
  const value = (await cookieOf(user))!;
  const [day, access, mac] = value.split(".") as [string, string, string];
  t.equal(access, "r_issues");
  for (const changed of [
    `${day}.w_issues.${mac}`,
    `${day}.r_issues_admin.${mac}`,
    `${Number(day) - 1}.${access}.${mac}`,
    `${day}.${access}.${mac.startsWith("A") ? "B" : "A"}${mac.slice(1)}`,
    `${day}.${access}`,
    `${day}.${access}.`,
    `${day}..${mac}`,
    mac,
    "~~~",
    "%00%ff",
    "__proto__",
    `${value}x`,
    "x".repeat(3000),
  ]) {
    await setCookieOf(user, changed);
    const page = await consentOf(user, client);
    t.equal(page.status, 200, changed.slice(0, 80));
    t.equal(earlierOn(page), undefined, changed.slice(0, 80));
  }
  await setCookieOf(user, `garbage~${value}`);
  t.equal(await shownTo(user, client), "Read only (Issues)", "what is whole still counts");
  t.equal(await shownTo(user, other), undefined, "for its own client");
  await setCookieOf(user, `${"x".repeat(500)}~${value}`);
  await allow(user, other, { toolsets: ["issues"] });
  t.notMatch(await cookieOf(user), "x".repeat(20), "what is none is dropped");
});

t.test("the cookie is bounded: it holds the latest eight clients", async (t) => {
  const user = setup.user();
  const clients: Registered[] = [];
  for (let i = 0; i < 9; i += 1) {
    const client = await named(`Client ${i}`, "https://client.example/callback");
    clients.push(client);
    await allow(user, client, { toolsets: [...toolsets] });
  }
  t.equal(await shownTo(user, clients[0]!), undefined, "the oldest is gone");
  for (const client of clients.slice(1))
    t.match(await shownTo(user, client), /^Read and write \(Issues, .*Context/);
  t.ok((await cookieOf(user))!.length < 2000);
});

t.test("a choice of before a rotation of the keys is still read", async (t) => {
  const own = await setUpAuthServer(t);
  const keys = ["a", "b"].map((letter) => letter.repeat(43));
  const serveWith = (ring: readonly string[]) => {
    const file = join(own.directory, `ring-of-${ring[0]![0]}`);
    writeFileSync(file, ring.join("\n"), { mode: 0o600 });
    return own.serve({ more: { FJMCP_DERIVATION_KEY_FILE: file } });
  };
  const before = await serveWith(keys);
  const user = own.user();
  const client = await register(before);
  await authorize(before, client, user, { signIn: { toolsets: ["issues"] } });
  const after = await serveWith(keys.toReversed());
  const resource = `${own.issuer}/mcp`;
  const page = await user.visit(authorizationRequest(after, client, { resource }).url);
  t.equal(earlierOn(page), "Read and write (Issues)");
});

t.test("the cookie is kept for a year, away from scripts and other sites", async (t) => {
  const user = setup.user();
  const request = authorizationRequest(origin, await named("Editor", "https://client.example/callback"));
  const back = await user.signInAndAllow(request.url, { stopAt: `${origin}/oauth/callback` });
  const cookie = await user.cookies.header(back, { crossSite: false, method: "GET" });
  const { setCookies } = await sendRequest({ method: "GET", url: back, headers: { cookie } });
  const set = setCookies.find((one) => one.startsWith(`${cookieName}=`));
  t.match(set, /^fjmcp-choices=[\w.~-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
});
