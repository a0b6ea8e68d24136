import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const valid = Object.fromEntries(authorizationRequest(origin, client).url.searchParams);

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", "%", "%E0%A4%A", "\u0000", "__proto__", "constructor", "../..", "a b", "[]", "{}"),
);
const name = fc.oneof(
  fc.constantFrom(...Object.keys(valid), "nonce", "prompt", "max_age", "claims", "id_token_hint", "request"),
  fc.constantFrom(
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "client_secret",
    "token",
    "response_mode",
  ),
  anyText,
);
const value = fc.oneof(
  fc.constantFrom(...Object.values(valid), "authorization_code", "refresh_token"),
  anyText,
);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 12 });
const query = (list: [string, string][]) => list.map(([key, item]) => `${raw(key)}=${raw(item)}`).join("&");
/** Percent signs are not encoded, so that invalid escapes reach the server. */
const raw = (item: string) => encodeURIComponent(item.toWellFormed()).replaceAll("%25", "%");

async function status(path: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(`${origin}${path}`, { redirect: "manual", ...init });
  await response.text();
  return response.status;
}

/** The same choices in every run. */
const runs = { seed: 20_261_129, numRuns: 60 };
const isHandled = (statusCode: number) => statusCode < 500;

t.test("replies no 5xx to any parameters of an authorization request", async (t) => {
  const base = Object.entries(valid);
  await fc.assert(
    fc.asyncProperty(fc.subarray(base), pairs, async (kept, more) =>
      isHandled(await status(`/oauth/authorize?${query([...kept, ...more])}`)),
    ),
    runs,
  );
  t.pass();
});

t.test("replies no 5xx to any query or id of a page", async (t) => {
  await fc.assert(
    fc.asyncProperty(pairs, anyText, async (more, id) => {
      const paths = ["/oauth/callback", `/oauth/interaction/${raw(id)}`, `/oauth/authorize/${raw(id)}`, "/"];
      for (const path of paths) if (!isHandled(await status(`${path}?${query(more)}`))) return false;
      return true;
    }),
    runs,
  );
  t.pass();
});

t.test("replies no 5xx to any form at the token and revocation endpoints", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("/oauth/token", "/oauth/revoke"), pairs, async (path, more) => {
      const body = query([["client_id", client.clientId], ...more]);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return isHandled(await status(path, { method: "POST", headers, body }));
    }),
    runs,
  );
  t.pass();
});

t.test("replies no 5xx to any form at the consent page", async (t) => {
  const user = setup.user();
  const page = await user.visit(authorizationRequest(origin, client).url);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)![1]!;
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  const post = (type: string | undefined, body: string) =>
    status(page.url.pathname, {
      method: "POST",
      headers: { cookie, origin, ...(type !== undefined && { "content-type": type }) },
      body: new TextEncoder().encode(body),
    });
  const urlEncoded = "application/x-www-form-urlencoded";
  t.equal(await post(urlEncoded, `decision=allow&csrf=${encodeURIComponent("é".repeat(csrf.length))}`), 400);
  t.equal(await post("multipart/form-data; boundary=x", "no part at all"), 400);

  const anyCsrf = fc.oneof(anyText, fc.string({ unit: "binary", minLength: 43, maxLength: 43 }));
  const form = fc
    .tuple(anyCsrf, pairs)
    .map(([sent, more]): [string, string] => [urlEncoded, query([["csrf", sent], ...more])]);
  const types = [urlEncoded, "multipart/form-data", "multipart/form-data; boundary=x", "text/plain"];
  const anything = fc.tuple(fc.constantFrom(...types, undefined), anyText);
  await fc.assert(
    fc.asyncProperty(fc.oneof(form, anything), async ([type, body]) => isHandled(await post(type, body))),
    runs,
  );
  t.equal(
    await post(urlEncoded, `decision=allow&access=read&toolset=issues&csrf=${csrf}`),
    303,
    "and a good one still works",
  );
});

t.test("replies no 5xx to any JSON at registration", async (t) => {
  const members = [
    "redirect_uris",
    "client_name",
    "grant_types",
    "response_types",
    "scope",
    "application_type",
    "contacts",
    "token_endpoint_auth_method",
    "client_uri",
    "logo_uri",
    "software_id",
    "jwks",
    "default_max_age",
  ];
  const member = fc.oneof(
    fc.constantFrom<unknown>(
      ["https://client.example/cb"],
      "code",
      ["code"],
      "none",
      "native",
      null,
      [null],
      [[]],
    ),
    fc.jsonValue(),
  );
  const metadata = fc.dictionary(fc.constantFrom(...members), member);
  await fc.assert(
    fc.asyncProperty(fc.oneof(metadata, fc.jsonValue()), async (body) => {
      const headers = { "content-type": "application/json" };
      return isHandled(
        await status("/oauth/register", { method: "POST", headers, body: JSON.stringify(body) }),
      );
    }),
    runs,
  );
  t.pass();
});

t.test("survives malformed and half-open requests", async (t) => {
  for (const bytes of [
    "\u0016\u0003\u0001",
    "GET\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
    "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    `GET /?${"x".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ]) {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1");
    await once(socket, "connect");
    const response = text(socket).catch(() => "");
    socket.end(bytes);
    t.notMatch(await response, /^HTTP\/1.1 5/);
  }
  t.equal(await status("/"), 200);
});
