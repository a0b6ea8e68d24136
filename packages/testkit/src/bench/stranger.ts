// Registers clients at the origin argv[2], argv[3] times a second, from one address, until it is ended.
import { Agent, request } from "node:http";
import { setInterval } from "node:timers/promises";

const [, , origin = "", perSecond = ""] = process.argv;
const everyMs = 10;
const atOnce = Math.ceil((Number(perSecond) * everyMs) / 1000);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const body = JSON.stringify({ redirect_uris: ["https://client.example/callback"] });
const headers = { "content-type": "application/json", "x-forwarded-for": "203.0.113.1" };

process.stdout.write("ready\n");
for await (const _ of setInterval(everyMs)) {
  for (let sent = 0; sent < atOnce; sent += 1) {
    const outgoing = request(`${origin}/oauth/register`, { method: "POST", headers, agent });
    outgoing.on("response", (response) => response.resume());
    outgoing.on("error", () => undefined);
    outgoing.end(body);
  }
}
