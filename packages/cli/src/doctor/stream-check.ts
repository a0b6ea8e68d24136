import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fault, good, warning, type Finding } from "@fjmcp/shared/finding";
import { adminPaths, adminStreamProbeResponse, adminStreamProbeStateResponse } from "@fjmcp/shared/ipc/admin";
import { mcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import type { Check, DoctorContext } from "./check.ts";

const expectedEvents = 4;
/** The four events leave the session-daemon within a second. */
const eventsWithinMs = 3_000;
/** Events that arrive at once have been buffered by a proxy. */
const minSpreadMs = 300;
const disconnectWithinMs = 2_000;
/** The session-daemon sends an event every 3 s: a proxy that notices a disconnect only then has noticed. */
const lateDisconnectWithinMs = 8_000;
const pollMs = 100;

/** Event streams pass the proxy as they come, and a client's disconnect reaches the session-daemon. */
export const streamCheck: Check = {
  name: "stream",
  async run({ admin, http, issuer }) {
    const { probe } = await admin.passOn(adminPaths.streamProbes, adminStreamProbeResponse, {});
    const leaving = new AbortController();
    const response = await http.open(issuer + mcpPath, {
      headers: { authorization: `Bearer ${probe}`, accept: "text/event-stream" },
      signal: leaving.signal,
    });
    try {
      const { statusCode } = response;
      if (statusCode !== 200)
        return [fault(`a stream at ${issuer}${mcpPath} gets ${statusCode}: ${adviceFor(statusCode)}`)];
      const buffered = await bufferingFault(response);
      if (buffered !== undefined) return [buffered];
    } finally {
      response.on("error", () => undefined);
      leaving.abort();
    }
    return [await disconnectFinding(admin, probe)];
  },
};

function adviceFor(status: number | undefined): string {
  if (status === 401) return "the proxy must pass the Authorization header on";
  return "look at the logs of the proxy and of both daemons";
}

async function bufferingFault(response: IncomingMessage): Promise<Finding | undefined> {
  const arrivedMs: number[] = [];
  response.on("data", (chunk: Buffer) => {
    const events = chunk.toString("utf8").split("data: ").length - 1;
    for (let i = 0; i < events; i++) arrivedMs.push(performance.now());
  });
  const untilMs = performance.now() + eventsWithinMs;
  while (arrivedMs.length < expectedEvents && performance.now() < untilMs) await sleep(pollMs);
  const [first = 0] = arrivedMs;
  if (arrivedMs.length >= expectedEvents && arrivedMs.at(-1)! - first >= minSpreadMs) return undefined;
  return fault(
    "events of a stream do not arrive as they are sent: switch buffering and compression of /mcp off in the proxy, see deploy/proxy",
  );
}

async function disconnectFinding(admin: DoctorContext["admin"], probe: string): Promise<Finding> {
  const leftMs = performance.now();
  for (;;) {
    const { state } = await admin.passOn(adminPaths.streamProbeState, adminStreamProbeStateResponse, {
      probe,
    });
    const elapsedMs = performance.now() - leftMs;
    if (state === "closed" && elapsedMs <= disconnectWithinMs)
      return good("event streams arrive unbuffered, and a disconnect comes through");
    if (state === "closed")
      return warning(
        "event streams arrive unbuffered; the proxy passes a disconnect on only with the next event (Apache does): it is late by up to 15 s",
      );
    if (elapsedMs > lateDisconnectWithinMs)
      return fault(
        "the proxy does not pass a client's disconnect on, so that abandoned calls and streams stay: see deploy/proxy",
      );
    await sleep(pollMs);
  }
}
