import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, redirectUri, scriptedUser } from "../../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());

const body = { name: "by API", redirect_uris: [redirectUri], confidential_client: true };

/** A request to the applications API by alice, with her password. */
async function applications(method: string, path = "", json?: object) {
  const response = await fetch(`${forgejo.url}/api/v1/user/applications/oauth2${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from("alice:alice-password").toString("base64")}` },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  return (response.status === 204 ? {} : await response.json()) as {
    id: number;
    client_id: string;
    client_secret: string;
  };
}

/** An app, bob's tokens for it, and a code of his that is not exchanged yet. */
async function appWithTokens() {
  const { id, client_id, client_secret } = await applications("POST", "", body);
  const app = new ForgejoApp(forgejo.url, { clientId: client_id, clientSecret: client_secret });
  const browser = scriptedUser(forgejo, "bob");
  const tokens = await app.logIn(browser);
  return { id, app, browser, tokens, code: await app.code(browser) };
}

t.test("rejects the old secret once a PATCH has rotated it, and keeps tokens and codes", async (t) => {
  const { id, app, tokens, code } = await appWithTokens();
  const { client_secret } = await applications("PATCH", `/${id}`, body);
  t.not(client_secret, app.clientSecret);
  const refreshed = await app.refresh(tokens.refresh_token);
  t.equal(refreshed.status, 400);
  const error_description = "invalid client secret";
  t.strictSame(await refreshed.json(), { error: "invalid_client", error_description });
  const exchanged = await app.exchange(code);
  t.equal(exchanged.status, 400);
  t.strictSame(await exchanged.json(), { error: "unauthorized_client", error_description });
  t.equal((await api(forgejo, "/user", tokens.access_token)).status, 200);
  t.equal((await app.refresh(tokens.refresh_token, { client_secret })).status, 200);
  t.equal((await app.exchange(code, { client_secret })).status, 200);
});

t.test("rejects tokens, refreshes and logins of a deleted application", async (t) => {
  const { id, app, browser, tokens, code } = await appWithTokens();
  await applications("DELETE", `/${id}`);
  t.equal((await api(forgejo, "/user", tokens.access_token)).status, 401);
  const error = {
    error: "invalid_client",
    error_description: `cannot load client with client id: '${app.clientId}'`,
  };
  t.strictSame(await (await app.refresh(tokens.refresh_token)).json(), error);
  t.strictSame(await (await app.exchange(code)).json(), error);
  const page = await browser.visit(app.authorizeUrl(), { stopAt: redirectUri });
  t.equal(page.status, 400);
  t.match(page.text, "Client ID not registered");
});
