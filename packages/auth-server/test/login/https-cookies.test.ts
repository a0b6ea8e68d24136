import { request } from "node:http";
import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, postJson, redirectUri } from "../support/client.ts";

const issuer = "https://mcp.example.org";
const setup = await setUpAuthServer(t);
const origin = await setup.serve({ more: { FJMCP_ISSUER: issuer } });

interface BrowserResponse {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly html: string;
}

/** Sends a request as the reverse proxy does: plain http, with the cookies that a browser would hold. */
function send(
  url: string,
  cookies: readonly string[] = [],
  form?: Record<string, string>,
): Promise<BrowserResponse> {
  const path = url.replace(issuer, origin);
  const body = form && new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const outgoing = request(path, { method: body === undefined ? "GET" : "POST" }, (incoming) => {
      let html = "";
      incoming.on("data", (chunk: Buffer) => (html += chunk.toString()));
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode,
          location: incoming.headers.location,
          setCookies: incoming.headers["set-cookie"] ?? [],
          html,
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.setHeader("cookie", cookies.map((cookie) => cookie.split(";")[0]).join("; "));
    if (body !== undefined) {
      outgoing.setHeader("content-type", "application/x-www-form-urlencoded");
      outgoing.setHeader("origin", issuer);
    }
    outgoing.end(body);
  });
}

t.test("uses https URLs and Secure cookies behind https", async (t) => {
  const { body } = await postJson(`${origin}/oauth/register`, {
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
  });
  const client = { clientId: String(body.client_id), redirectUri };
  const { url } = authorizationRequest(origin, client, { resource: `${issuer}/mcp` });
  const asked = await send(url.href);
  t.equal(asked.status, 303);
  t.match(asked.location, /^\/oauth\/interaction\/[\w-]+$/);
  t.equal(asked.setCookies.length, 4, "two, each with its signature");
  for (const cookie of asked.setCookies) {
    t.match(
      cookie,
      /^__Secure-fjmcp-(interaction|resume)(\.sig)?=.*; path=\/oauth\/(interaction|authorize)\/[\w-]+; /,
    );
    t.match(cookie, /; samesite=lax; secure; httponly$/i);
  }

  const page = await send(`${issuer}${asked.location!}`, asked.setCookies);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const allowed = await send(`${issuer}${asked.location!}`, asked.setCookies, {
    csrf,
    access: "read",
    toolset: "issues",
    decision: "allow",
  });
  t.equal(allowed.status, 303);
  const state = new URL(allowed.location!).searchParams.get("state")!;
  t.equal(new URL(allowed.location!).searchParams.get("redirect_uri"), `${issuer}/oauth/callback`);
  t.equal(allowed.setCookies.length, 1);
  t.match(
    allowed.setCookies[0],
    /^__Host-fjmcp-[0-9a-f]{8}=[^;]+; Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );

  const back = await send(`${issuer}/oauth/callback?state=${state}&error=access_denied`, allowed.setCookies);
  t.match(back.location, `${issuer}/oauth/authorize/`);
  t.match(back.setCookies, [
    /^__Host-fjmcp-[0-9a-f]{8}=[^;]+; Max-Age=10; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  ]);
  const resumed = await send(back.location!, asked.setCookies);
  t.match(Object.fromEntries(new URL(resumed.location!).searchParams), {
    error: "access_denied",
    iss: issuer,
  });
  t.equal(
    resumed.setCookies.length,
    2,
    "the cookie of the request and its signature, which end in ten seconds",
  );
  for (const cookie of resumed.setCookies) {
    t.match(
      cookie,
      /^__Secure-fjmcp-resume(\.sig)?=[^;]+; path=\/oauth\/authorize\/[\w-]+; expires=[^;]+; samesite=lax; secure; httponly$/i,
    );
    const expiresMs = Date.parse(/expires=([^;]+)/i.exec(cookie)![1]!) - Date.now();
    t.ok(expiresMs <= 10_000, cookie);
  }
});
