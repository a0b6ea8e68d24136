// Sends requests of a stranger to the origin argv[2], argv[3] a second, from one address, until it is ended.
import { Agent, request } from "node:http";
import { setInterval } from "node:timers/promises";
import { initialize } from "../mcp-client/messages.ts";
import { authorizeUrl } from "../oauth-client/authorize-url.ts";
import { newPkce } from "../oauth-client/pkce.ts";

const [, , origin = "", perSecond = ""] = process.argv;
const everyMs = 10;
const atOnce = Math.ceil((Number(perSecond) * everyMs) / 1000);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const from = { "x-forwarded-for": "203.0.113.1" };
const json = { ...from, "content-type": "application/json" };
const redirectUri = "https://client.example/callback";
const registration = JSON.stringify({ redirect_uris: [redirectUri], token_endpoint_auth_method: "none" });

const registered = await fetch(`${origin}/oauth/register`, {
  method: "POST",
  headers: json,
  body: registration,
});
const { client_id: clientId } = (await registered.json()) as { client_id: string };
const authorization = authorizeUrl(`${origin}/oauth/authorize`, {
  response_type: "code",
  client_id: clientId,
  redirect_uri: redirectUri,
  code_challenge: newPkce().challenge,
  code_challenge_method: "S256",
});
const garbage = new URLSearchParams({ grant_type: "refresh_token", client_id: clientId, refresh_token: "x" });

/** What needs no access: one after the other. */
const requests = [
  { url: `${origin}/oauth/register`, method: "POST", headers: json, body: registration },
  { url: authorization.href, method: "GET", headers: from, body: "" },
  {
    url: `${origin}/oauth/token`,
    method: "POST",
    headers: { ...from, "content-type": "application/x-www-form-urlencoded" },
    body: garbage.toString(),
  },
  {
    url: `${origin}/mcp`,
    method: "POST",
    headers: { ...json, accept: "application/json, text/event-stream" },
    body: JSON.stringify(initialize()),
  },
] as const;

process.stdout.write("ready\n");
let sent = 0;
for await (const _ of setInterval(everyMs)) {
  for (let left = atOnce; left > 0; left -= 1) {
    const { url, body, ...how } = requests[sent % requests.length]!;
    sent += 1;
    const outgoing = request(url, { ...how, agent });
    outgoing.on("response", (response) => response.resume());
    outgoing.on("error", () => undefined);
    outgoing.end(body);
  }
}
