import { createHash } from "node:crypto";
import t from "tap";
import { requestOAuth } from "@fjmcp/testkit/oauth-client/oauth-request";
import {
  authorizationRequest,
  authorize,
  connect,
  openPage,
  postJson,
  redirectUri,
  refresh,
  register,
} from "../support/client.ts";
import { deviceGrant, registerDevice, requestDeviceCode } from "../support/device.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const open = await setup.serve();
const digestOf = (token: string) => createHash("sha256").update(token).digest("hex");
const metadata = {
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: "none",
  client_name: "A client",
};

/** The metadata document of a server. */
async function metadataOf(origin: string) {
  return (await requestOAuth(`${origin}/.well-known/oauth-authorization-server`)).body;
}

/** A registration with an Authorization header. */
function registerWith(origin: string, authorization?: string, more: Record<string, unknown> = {}) {
  return requestOAuth(`${origin}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify({ ...metadata, ...more }),
  });
}

/** The page of a rejected authorization request: 400, without a way to the client. */
async function expectRejected(t: Tap, origin: string, client: Awaited<ReturnType<typeof register>>) {
  const resource = `${setup.issuer}/mcp`;
  const page = await openPage(authorizationRequest(origin, client, { resource }).url);
  t.match(page, { status: 400, location: null, href: undefined, html: /administrator/ });
}
type Tap = Pick<typeof t, "match">;

t.test("offers no registration when it is off, and ends no connection", async (t) => {
  const off = await setup.serve({ more: { FJMCP_REGISTRATION: "off" } });
  t.notOk("registration_endpoint" in (await metadataOf(off)));
  t.equal((await metadataOf(open)).registration_endpoint, `${setup.issuer}/oauth/register`);
  t.match(await registerWith(off), { status: 403, body: { error: "access_denied", client_id: undefined } });
  const client = await connect(open, setup.user());
  await expectRejected(t, off, client);
  t.equal((await refresh(off, client, client.refreshToken)).status, 200);
});

t.test("registers with an initial access token", async (t) => {
  const [first, second] = ["a first token", "a second token"].map((text) => digestOf(text));
  const more = {
    FJMCP_REGISTRATION: "token",
    FJMCP_REGISTRATION_TOKENS_SHA256: `${digestOf(first!)} ${digestOf(second!).toUpperCase()}`,
  };
  const closed = await setup.serve({ more });
  t.ok((await metadataOf(closed)).registration_endpoint);
  for (const authorization of [
    undefined,
    "Bearer",
    `Bearer ${first!.slice(1)}`,
    `Bearer ${digestOf(first!)}`,
    `Basic ${first}`,
  ]) {
    const { status, headers, body } = await registerWith(closed, authorization);
    t.equal(status, 401, authorization ?? "none");
    const challenge = headers.get("www-authenticate");
    if (authorization === undefined) t.equal(challenge, `Bearer realm="${setup.issuer}"`, "no error code");
    else t.match(challenge, /^Bearer realm="[^"]*", error="invalid_token", .*administrator/);
    t.match(body, { error: "invalid_token", error_description: /administrator/ });
  }
  for (const authorization of [`Bearer ${first}`, `bearer ${second}`]) {
    const { status, body } = await registerWith(closed, authorization);
    t.equal(status, 201, authorization);
    await authorize(open, { clientId: String(body.client_id), redirectUri }, setup.user());
    const resource = `${setup.issuer}/mcp`;
    const { url } = authorizationRequest(
      closed,
      { clientId: String(body.client_id), redirectUri },
      { resource },
    );
    t.equal((await openPage(url)).status, 303);
  }

  await t.test("rejects a client that has registered without one, also with a forged member", async (t) => {
    await expectRejected(t, closed, await register(open));
    await expectRejected(t, closed, await register(open, { registered_with: digestOf(first!).slice(0, 16) }));
  });

  await t.test("rejects the clients of a token that is removed, and ends no connection", async (t) => {
    const { body } = await registerWith(closed, `Bearer ${first}`);
    const client = await connect(open, setup.user(), { clientId: String(body.client_id), redirectUri });
    const later = await setup.serve({
      more: { ...more, FJMCP_REGISTRATION_TOKENS_SHA256: digestOf(second!) },
    });
    await expectRejected(t, later, client);
    t.equal((await registerWith(later, `Bearer ${first}`)).status, 401);
    t.equal((await refresh(later, client, client.refreshToken)).status, 200);
  });
});

t.test("rejects redirects to hosts and schemes that are not allowed", async (t) => {
  const limited = await setup.serve({
    more: { FJMCP_REDIRECT_HOSTS: "*.example localhost", FJMCP_REDIRECT_SCHEMES: "https http cursor" },
  });
  const registerAt = (uri: string) =>
    postJson(`${limited}/oauth/register`, { ...metadata, redirect_uris: [uri] });
  for (const uri of [
    "https://client.example/callback",
    "http://localhost:3118/callback",
    "http://127.0.0.1/",
    "http://[::1]:4000/callback",
    "cursor://anysphere.cursor-mcp/oauth/callback",
  ]) {
    t.equal((await registerAt(uri)).status, 201, uri);
  }
  for (const uri of [
    "https://client.example.org/callback",
    "https://example/callback",
    "https://evil-client.example.evil/callback",
    "vscode://vscode.github-authentication/did-authenticate",
  ]) {
    const { status, body } = await registerAt(uri);
    t.equal(status, 400, uri);
    t.match(body, { error: "invalid_redirect_uri", error_description: /administrator/ }, uri);
  }
  const other = { redirectUri: "https://client.test/callback" };
  const client = await connect(open, setup.user(), {
    ...(await register(open, { redirect_uris: [other.redirectUri] })),
  });
  await expectRejected(t, limited, client);
  t.equal((await refresh(limited, client, client.refreshToken)).status, 200, "what is connected goes on");
});

t.test(
  "offers no device flow beside a limit of redirects, unless it is on, and never when it is off",
  async (t) => {
    const device = { grant_types: [deviceGrant], redirect_uris: [], response_types: [] };
    const both = { grant_types: ["authorization_code", deviceGrant] };
    const registered = await registerDevice(open);
    for (const [more, isOffered] of [
      [{}, true],
      [{ FJMCP_DEVICE_FLOW: "off" }, false],
      [{ FJMCP_REDIRECT_HOSTS: new URL(redirectUri).hostname }, false],
      [{ FJMCP_REDIRECT_SCHEMES: "https" }, false],
      [{ FJMCP_REDIRECT_SCHEMES: "https", FJMCP_DEVICE_FLOW: "on" }, true],
    ] as const) {
      const origin = await setup.serve({ more });
      const name = JSON.stringify(more);
      const document = await metadataOf(origin);
      t.equal("device_authorization_endpoint" in document, isOffered, name);
      t.equal((document.grant_types_supported as string[]).includes(deviceGrant), isOffered, name);
      t.equal((await registerWith(origin, undefined, device)).status, isOffered ? 201 : 400, name);
      t.equal((await registerWith(origin, undefined, both)).status, 201, name);
      const reply = await requestDeviceCode(origin, registered);
      t.match(
        reply,
        isOffered ? { status: 200 } : { status: 400, body: { error: "unauthorized_client" } },
        name,
      );
    }
  },
);
