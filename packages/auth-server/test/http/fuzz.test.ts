import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import t from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import { authorizationRequest, register } from "../support/client.ts";
import { deviceGrant } from "../support/device.ts";
import { problemOf } from "../support/response-problem.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

/** The same choices in every run. */
const limits = {
  seed: 20_261_126,
  numRuns: 1500,
  interruptAfterTimeLimit: 12_000,
  markInterruptAsFailure: false,
};
/** In every value that a client keeps secret. */
const canary = "canary7d1f";

const setup = await setUpAuthServer(t);
const { origin, process: server } = await setup.spawn({ FJMCP_LOG_LEVEL: "debug" });
const client = await register(origin);
const request = authorizationRequest(origin, client).url;

const document = readFileSync(join(projectRoot, "docs/reference/endpoints.md"), "utf8");
const paths = [...document.split("\n## ")[1]!.matchAll(/^\| `([^`]+)` .*\| auth-server/gm)].map(([, path]) =>
  path!.replace("<id>", canary),
);

const secret = fc.stringMatching(/^[\w.~-]{0,60}$/).map((rest) => `${canary}${rest}`);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("", "%", "\u0000", "__proto__", "a b", "[]", "{}", "<script>", "null", "-1"),
);
const secretNames = [
  "code",
  "code_verifier",
  "refresh_token",
  "client_secret",
  "token",
  "device_code",
  "state",
  "csrf",
  "nonce",
  "id_token_hint",
  "client_assertion",
  "password",
  "access_token",
];
const parameter = fc.oneof(
  fc.tuple(fc.constantFrom(...secretNames), secret),
  fc.tuple(
    fc.constant("grant_type"),
    fc.constantFrom("authorization_code", "refresh_token", "client_credentials", deviceGrant, ""),
  ),
  fc.constantFrom(...[...request.searchParams].map(([name, value]): [string, string] => [name, value])),
  fc.tuple(
    fc.constantFrom("client_id", "redirect_uri", "scope", "resource", "prompt", "response_mode", "request"),
    text,
  ),
  fc.tuple(text, text),
);
const parameters = fc.array(parameter, { maxLength: 14 }).map((pairs) => {
  const query = new URLSearchParams();
  for (const [name, value] of pairs) query.append(name.toWellFormed(), value.toWellFormed());
  return query.toString();
});
const body = fc.oneof(
  parameters.map((sent) => ["application/x-www-form-urlencoded", sent] as const),
  fc.json().map((sent) => ["application/json", sent] as const),
  fc
    .record({ redirect_uris: fc.jsonValue(), client_name: fc.jsonValue(), scope: fc.jsonValue() })
    .map((sent) => ["application/json", JSON.stringify(sent)] as const),
  fc.tuple(fc.constantFrom("text/plain", "multipart/form-data; boundary=x", "application/json"), text),
);
const headerText = fc.stringMatching(/^[\x21-\x7e]{1,30}$/);
const headers = fc.record(
  {
    accept: fc.constantFrom("text/html", "application/json", "*/*", "text/html;q=0.9,application/json;q=0.1"),
    authorization: fc
      .tuple(fc.constantFrom("Bearer", "Basic", "DPoP"), secret)
      .map((parts) => parts.join(" ")),
    cookie: fc.tuple(headerText, secret).map(([name, value]) => `${name}=${value}; fjmcp-session=${value}`),
    origin: fc.constantFrom(origin, "https://evil.example", "null"),
    "sec-fetch-site": fc.constantFrom("same-origin", "cross-site", "none"),
    "sec-fetch-mode": fc.constantFrom("navigate", "cors"),
    "accept-language": headerText,
    "x-forwarded-host": fc.constant("evil.example"),
  },
  { requiredKeys: [] },
);

const anyMethod = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("GET", "POST") },
  { weight: 1, arbitrary: fc.constantFrom("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH") },
);
/** What an endpoint expects, with a few members left out, replaced or added. */
function around(valid: Readonly<Record<string, string>>) {
  return fc.tuple(fc.subarray(Object.entries(valid), { minLength: 1 }), parameters).map(([kept, more]) => {
    const fields = new URLSearchParams(more.slice(0, 60));
    for (const [name, value] of kept) fields.append(name, value);
    return fields.toString();
  });
}
const form = (path: string, valid: Readonly<Record<string, string>>) =>
  fc.record({
    path: fc.constant(path),
    method: fc.constant("POST"),
    query: fc.constant(""),
    headers,
    body: around({ client_id: client.clientId, ...valid }).map(
      (sent) => ["application/x-www-form-urlencoded", sent] as const,
    ),
  });
const valid = { redirect_uris: [client.redirectUri], token_endpoint_auth_method: "none" };
const nearlyValid = fc.oneof(
  fc.record({
    path: fc.constant("/oauth/authorize"),
    method: fc.constant("GET"),
    query: around(Object.fromEntries(request.searchParams)),
    headers,
    body,
  }),
  form("/oauth/token", {
    grant_type: "authorization_code",
    code: canary,
    redirect_uri: client.redirectUri,
    code_verifier: canary.repeat(5),
  }),
  form("/oauth/token", { grant_type: "refresh_token", refresh_token: canary }),
  form("/oauth/token", { grant_type: deviceGrant, device_code: canary }),
  form("/oauth/revoke", { token: canary }),
  form("/oauth/device", { scope: "forgejo:read" }),
  form("/device", { user_code: "BCDF-GHJK", csrf: canary }),
  fc.record({
    path: fc.constant("/oauth/register"),
    method: fc.constant("POST"),
    query: fc.constant(""),
    headers,
    body: fc
      .record(
        { client_name: fc.jsonValue(), scope: text, grant_types: fc.constantFrom([deviceGrant], [], ["x"]) },
        { requiredKeys: [] },
      )
      .map((more) => ["application/json", JSON.stringify({ ...valid, ...more })] as const),
  }),
);

t.test("responds to any request by its own rules, and logs no secret", { timeout: 120_000 }, async (t) => {
  t.ok(paths.length > 15, "the endpoints were found");
  const sent = fc.oneof(
    fc.record({ path: fc.constantFrom(...paths), method: anyMethod, query: parameters, headers, body }),
    nearlyValid,
  );
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(sent, async ({ path, method, query, headers, body: [type, content] }) => {
      const hasBody = !["GET", "HEAD", "OPTIONS"].includes(method);
      const response = await sendRequest({
        method,
        url: new URL(`${origin}${path}${query === "" ? "" : `?${query}`}`),
        headers: { ...headers, ...(hasBody && { "content-type": type }) },
        body: hasBody ? content : undefined,
      });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      const problem = problemOf(origin, path, response);
      if (problem !== undefined) throw new Error(`${response.status}: ${problem}`);
    }),
    limits,
  );
  t.comment([...statuses].map(([status, count]) => `${status}: ${count}`).join(", "));
  t.equal((await fetch(origin)).status, 200, "it still runs");
  await server.end();
  const log = readFileSync(server.logFile, "utf8");
  t.notMatch(log, canary, "no secret is logged");
  t.notMatch(log, /"level":"(error|fatal)"|unhandled/i);
});
