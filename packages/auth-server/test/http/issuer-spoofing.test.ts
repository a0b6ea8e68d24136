import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { text } from "node:stream/consumers";
import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);
const { url } = authorizationRequest(origin, client);
const authorize = url.pathname + url.search;

/** Sends a request line and headers unchanged; resolves with the raw response. */
async function send(requestLine: string, headers: readonly string[]): Promise<string> {
  const socket = connectSocket(Number(new URL(origin).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write([requestLine, ...headers, "Connection: close", "", ""].join("\r\n"));
  return text(socket);
}

const spoofs = [
  ["Host: evil.example"],
  ["Host: evil.example:1", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https"],
  ["Host: x", "Forwarded: host=evil.example;proto=https", "X-Forwarded-Port: 1"],
  [
    "Host: x",
    "X-Forwarded-Prefix: /evil.example",
    "X-Forwarded-For: evil.example",
    "X-Original-URL: /evil.example",
  ],
];

for (const headers of spoofs) {
  t.test(`ignores ${headers.join(", ")} when it builds URLs`, async (t) => {
    for (const [path, expected] of [
      ["/.well-known/oauth-authorization-server", `"issuer":"${origin}"`],
      ["/.well-known/openid-configuration", `"token_endpoint":"${origin}/oauth/token"`],
      ["/.well-known/oauth-protected-resource/mcp", `"resource":"${origin}/mcp"`],
      ["/", `${origin}/mcp`],
      [authorize, "HTTP/1.1 303"],
    ] as const) {
      for (const line of [`GET ${path} HTTP/1.1`, `GET http://evil.example${path} HTTP/1.1`]) {
        const response = await send(line, headers);
        // Pages mark where a URL may break.
        const shown = response.replace(/<[^>]*>/g, "");
        t.match(shown, expected, line.slice(0, 60));
        t.notMatch(response, "evil.example");
        t.notMatch(shown, "evil.example");
      }
    }
  });
}

t.test("rejects a request target that is neither a path nor a URL", async (t) => {
  t.match(await send("GET http:evil HTTP/1.1", ["Host: x"]), /^HTTP\/1.1 400/);
  t.match(await send("OPTIONS * HTTP/1.1", ["Host: x"]), /^HTTP\/1.1 400/);
});

t.test("rejects several Host headers, or none", async (t) => {
  for (const path of ["/", "/mcp", "/oauth/jwks"]) {
    t.match(await send(`GET ${path} HTTP/1.1`, ["Host: x", "Host: evil.example"]), /^HTTP\/1.1 400/, path);
    t.match(await send(`GET ${path} HTTP/1.1`, []), /^HTTP\/1.1 400/, path);
  }
});
