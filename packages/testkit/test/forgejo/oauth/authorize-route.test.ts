import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import { ScriptedUser } from "../../../src/scripted-user/scripted-user.ts";
import t from "tap";
import { ForgejoApp, scriptedUser, readWrite, redirectUri } from "../../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());

/** A browser whose user is signed in and has no grant yet. */
async function signedIn(name = "alice"): Promise<ScriptedUser> {
  const browser = scriptedUser(forgejo, name);
  const page = await browser.visit(`${forgejo.url}/user/login`);
  const user = forgejo.users.find((user) => user.name === name);
  await page.submit({ fields: { user_name: name, password: user?.password ?? "" } });
  return browser;
}

t.test("shows an error page for an unknown client or redirect URI, never redirects", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const browser = await signedIn();
  const unknown = await browser.visit(app.authorizeUrl({ client_id: "nobody" }));
  t.equal(unknown.status, 400);
  t.match(unknown.text, "Client ID not registered");
  for (const foreign of ["https://evil.example/", `${redirectUri}/x`, "", undefined]) {
    const page = await browser.visit(app.authorizeUrl({ redirect_uri: foreign }));
    t.equal(page.status, 400);
    t.match(page.text, "Unregistered Redirect URI");
  }
});

t.test("redirects other errors to the client, with a state even if the request had none", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const browser = await signedIn();
  const back = async (parameters: Record<string, string | undefined>) => {
    const page = await browser.visit(app.authorizeUrl(parameters), { stopAt: redirectUri });
    t.equal(page.status, 303);
    return Object.fromEntries(page.externalRedirect?.searchParams ?? []);
  };
  t.strictSame(await back({ response_type: "token" }), {
    error: "unsupported_response_type",
    error_description: "Only code response type is supported.",
    state: "a-state",
  });
  t.match(await back({ code_challenge_method: "S512", state: undefined }), {
    error: "invalid_request",
    error_description: "unsupported code challenge method",
    state: "",
  });
});

t.test("requires PKCE of public apps only", async (t) => {
  const none = { code_challenge: undefined, code_challenge_method: undefined };
  const browser = await signedIn();
  const open = await ForgejoApp.register(forgejo, { confidential: false });
  const rejected = await browser.visit(open.authorizeUrl(none), { stopAt: redirectUri });
  t.match(rejected.externalRedirect?.searchParams.get("error"), "invalid_request");
  const confidential = await ForgejoApp.register(forgejo);
  t.equal((await browser.visit(confidential.authorizeUrl(none))).status, 200, "the consent page");
});

t.test("matches redirect URIs ASCII-case-insensitively, ignoring one trailing slash", async (t) => {
  const app = await ForgejoApp.register(forgejo, { redirectUris: ["https://app.example/Callback"] });
  const browser = await signedIn();
  const status = async (app: ForgejoApp, uri: string) =>
    (await browser.visit(app.authorizeUrl({ redirect_uri: uri }))).status;
  t.equal(await status(app, "https://app.example/callback"), 200);
  t.equal(await status(app, "https://APP.example/Callback/"), 200);
  t.equal(await status(app, "https://app.example/Callback//"), 400);
  t.equal(await status(app, "https://app.example/Callback?x=1"), 400);

  const redirectUris = ["http://127.0.0.1/callback", "http://localhost/callback"];
  const native = await ForgejoApp.register(forgejo, { redirectUris, confidential: false });
  t.equal(
    await status(native, "http://127.0.0.1:4321/callback"),
    200,
    "a public app's loopback port is free",
  );
  t.equal(await status(native, "http://localhost:4321/callback"), 400, "but not that of localhost");
  const confidential = await ForgejoApp.register(forgejo, { redirectUris });
  t.equal(await status(confidential, "http://127.0.0.1:4321/callback"), 400);
});

t.test("merges the response into the redirect URI's query and sorts it", async (t) => {
  const uri = `${redirectUri}?z=1&a=2`;
  const app = await ForgejoApp.register(forgejo, { redirectUris: [uri] });
  const browser = scriptedUser(forgejo, "alice");
  const back = await browser.signInAndAllow(app.authorizeUrl({ redirect_uri: uri }), { stopAt: redirectUri });
  t.strictSame([...back.searchParams.keys()], ["a", "code", "state", "z"]);
  t.notOk(back.searchParams.has("iss"));
  t.match(back.searchParams.get("code"), /^gta_[a-z2-7]{52}$/);
  const again = await browser.visit(app.authorizeUrl({ redirect_uri: uri, state: undefined }), {
    stopAt: redirectUri,
  });
  t.notOk(again.externalRedirect?.searchParams.has("state"), "a success without a state has none");
});

t.test("redirects with access_denied when the user denies", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const back = await scriptedUser(forgejo, "alice").signInAndAllow(app.authorizeUrl(), {
    stopAt: redirectUri,
    forgejo: "deny",
  });
  t.strictSame(Object.fromEntries(back.searchParams), {
    error: "access_denied",
    error_description: "the request is denied",
    state: "a-state",
  });
});

t.test(
  "issues a code to a confidential app with a grant without a page, and ignores the requested scope",
  async (t) => {
    const app = await ForgejoApp.register(forgejo);
    const browser = scriptedUser(forgejo, "alice");
    await app.logIn(browser, { scope: "read:user" });
    const page = await browser.visit(app.authorizeUrl({ scope: readWrite }), { stopAt: redirectUri });
    t.match(page.externalRedirect?.searchParams.get("code"), /^gta_/);
    t.equal(page.redirectChain.length, 1, "one redirect, no page");
    t.match(
      await (await app.introspect((await app.logIn(browser, { scope: readWrite })).access_token)).json(),
      {
        scope: "read:user",
      },
    );
  },
);

t.test("asks again for a public app, and rejects another scope", async (t) => {
  const app = await ForgejoApp.register(forgejo, { confidential: false });
  const browser = scriptedUser(forgejo, "alice");
  await app.logIn(browser, { scope: "read:user" });
  const page = await browser.visit(app.authorizeUrl({ scope: "read:user" }));
  t.ok(page.form({ button: { name: "granted", value: "true" } }), "a page again");
  const back = await browser.signInAndAllow(app.authorizeUrl({ scope: readWrite }), { stopAt: redirectUri });
  t.match(Object.fromEntries(back.searchParams), {
    error: "server_error",
    error_description: "a grant exists with different scope",
    state: "a-state",
  });
});

t.test("keeps one pending consent per browser session: a second tab overwrites the first", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const browser = await signedIn("bob");
  const options = { stopAt: redirectUri };
  const first = await browser.visit(app.authorizeUrl({ state: "first" }), options);
  const second = await browser.visit(app.authorizeUrl({ state: "second" }), options);
  const button = { name: "granted", value: "true" };
  t.equal((await first.submit({ button })).status, 400);
  t.equal((await second.submit({ button })).externalRedirect?.searchParams.get("state"), "second");
});

t.test("returns to the whole request after login, unless it exceeds the cookie limit", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const login = await scriptedUser(forgejo, "alice").visit(app.authorizeUrl());
  t.strictSame(
    login.redirectChain.map(({ status, url }) => [status, url.pathname]),
    [
      [303, "/login/oauth/authorize"],
      [200, "/user/login"],
    ],
  );
  const state = "s".repeat(5000);
  await t.rejects(
    scriptedUser(forgejo, "alice").signInAndAllow(app.authorizeUrl({ state }), { stopAt: redirectUri }),
    { message: /The sign-in ends at/ },
    "a browser drops a cookie of more than 4 KB",
  );
});

t.test("rejects a wrong password and a prohibited user at login", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const options = { stopAt: redirectUri };
  const impostor = new ScriptedUser({ name: "alice", password: "wrong" });
  await t.rejects(impostor.signInAndAllow(app.authorizeUrl(), options), { message: /Sign in/ });
  forgejo.controls.prohibit("bob", true);
  t.teardown(() => forgejo.controls.prohibit("bob", false));
  await t.rejects(scriptedUser(forgejo, "bob").signInAndAllow(app.authorizeUrl(), options), {
    message: /Sign in prohibited.*\(200, /,
  });
});
