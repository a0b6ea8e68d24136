import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import { ScriptedUser } from "../../../src/scripted-user/scripted-user.ts";
import t from "tap";
import { ForgejoApp, personOf, readWrite, redirectUri } from "../../support/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());

/** A person who is signed in and has no grant yet. */
async function signedIn(name = "alice"): Promise<ScriptedUser> {
  const person = personOf(forgejo, name);
  const page = await person.visit(`${forgejo.url}/user/login`);
  const user = forgejo.users.find((user) => user.name === name);
  await page.submit({ fields: { user_name: name, password: user?.password ?? "" } });
  return person;
}

t.test("an unknown client and a foreign redirect URI get a page, never a redirect", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const person = await signedIn();
  const unknown = await person.visit(app.authorizeUrl({ client_id: "nobody" }));
  t.equal(unknown.status, 400);
  t.match(unknown.text, "Client ID not registered");
  for (const foreign of ["https://evil.example/", `${redirectUri}/x`, "", undefined]) {
    const page = await person.visit(app.authorizeUrl({ redirect_uri: foreign }));
    t.equal(page.status, 400);
    t.match(page.text, "Unregistered Redirect URI");
  }
});

t.test("other errors go to the client, with the state even if there was none", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const person = await signedIn();
  const back = async (parameters: Record<string, string | undefined>) => {
    const page = await person.visit(app.authorizeUrl(parameters), { stopAt: redirectUri });
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

t.test("PKCE is required of public apps only", async (t) => {
  const none = { code_challenge: undefined, code_challenge_method: undefined };
  const person = await signedIn();
  const open = await ForgejoApp.register(forgejo, { confidential: false });
  const refused = await person.visit(open.authorizeUrl(none), { stopAt: redirectUri });
  t.match(refused.externalRedirect?.searchParams.get("error"), "invalid_request");
  const confidential = await ForgejoApp.register(forgejo);
  t.equal((await person.visit(confidential.authorizeUrl(none))).status, 200, "the consent page");
});

t.test("redirect URIs match without regard to ASCII case and one trailing slash", async (t) => {
  const app = await ForgejoApp.register(forgejo, { redirectUris: ["https://app.example/Callback"] });
  const person = await signedIn();
  const status = async (app: ForgejoApp, uri: string) =>
    (await person.visit(app.authorizeUrl({ redirect_uri: uri }))).status;
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

t.test("an answer is merged into the redirect URI's query and sorted", async (t) => {
  const uri = `${redirectUri}?z=1&a=2`;
  const app = await ForgejoApp.register(forgejo, { redirectUris: [uri] });
  const person = personOf(forgejo, "alice");
  const back = await person.signInAndAllow(app.authorizeUrl({ redirect_uri: uri }), { stopAt: redirectUri });
  t.strictSame([...back.searchParams.keys()], ["a", "code", "state", "z"]);
  t.notOk(back.searchParams.has("iss"));
  t.match(back.searchParams.get("code"), /^gta_[a-z2-7]{52}$/);
  const again = await person.visit(app.authorizeUrl({ redirect_uri: uri, state: undefined }), {
    stopAt: redirectUri,
  });
  t.notOk(again.externalRedirect?.searchParams.has("state"), "a success without a state has none");
});

t.test("a person who denies", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const back = await personOf(forgejo, "alice").signInAndAllow(app.authorizeUrl(), {
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
  "a confidential app with a grant gets a code without any page, whatever scope it asks for",
  async (t) => {
    const app = await ForgejoApp.register(forgejo);
    const person = personOf(forgejo, "alice");
    await app.logIn(person, { scope: "read:user" });
    const page = await person.visit(app.authorizeUrl({ scope: readWrite }), { stopAt: redirectUri });
    t.match(page.externalRedirect?.searchParams.get("code"), /^gta_/);
    t.equal(page.redirectChain.length, 1, "one redirect, no page");
    t.match(
      await (await app.introspect((await app.logIn(person, { scope: readWrite })).access_token)).json(),
      {
        scope: "read:user",
      },
    );
  },
);

t.test("a public app is asked for again, and not with another scope", async (t) => {
  const app = await ForgejoApp.register(forgejo, { confidential: false });
  const person = personOf(forgejo, "alice");
  await app.logIn(person, { scope: "read:user" });
  const page = await person.visit(app.authorizeUrl({ scope: "read:user" }));
  t.ok(page.form({ button: { name: "granted", value: "true" } }), "a page again");
  const back = await person.signInAndAllow(app.authorizeUrl({ scope: readWrite }), { stopAt: redirectUri });
  t.match(Object.fromEntries(back.searchParams), {
    error: "server_error",
    error_description: "a grant exists with different scope",
    state: "a-state",
  });
});

t.test("there is one slot for a pending consent: a second tab overwrites the first", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const person = await signedIn("bob");
  const options = { stopAt: redirectUri };
  const first = await person.visit(app.authorizeUrl({ state: "first" }), options);
  const second = await person.visit(app.authorizeUrl({ state: "second" }), options);
  const button = { name: "granted", value: "true" };
  t.equal((await first.submit({ button })).status, 400);
  t.equal((await second.submit({ button })).externalRedirect?.searchParams.get("state"), "second");
});

t.test("a signed-out person comes back with the whole request, while the cookie holds it", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const login = await personOf(forgejo, "alice").visit(app.authorizeUrl());
  t.strictSame(
    login.redirectChain.map(({ status, url }) => [status, url.pathname]),
    [
      [303, "/login/oauth/authorize"],
      [200, "/user/login"],
    ],
  );
  const state = "s".repeat(5000);
  await t.rejects(
    personOf(forgejo, "alice").signInAndAllow(app.authorizeUrl({ state }), { stopAt: redirectUri }),
    { message: /The sign-in ends at/ },
    "a browser drops a cookie of more than 4 KB, and the way back with it",
  );
});

t.test("a wrong password stays at the login page, and a prohibited user does not get in", async (t) => {
  const app = await ForgejoApp.register(forgejo);
  const options = { stopAt: redirectUri };
  const stranger = new ScriptedUser({ name: "alice", password: "wrong" });
  await t.rejects(stranger.signInAndAllow(app.authorizeUrl(), options), { message: /Sign in/ });
  forgejo.controls.prohibit("bob", true);
  t.teardown(() => forgejo.controls.prohibit("bob", false));
  await t.rejects(personOf(forgejo, "bob").signInAndAllow(app.authorizeUrl(), options), { message: /403/ });
});
