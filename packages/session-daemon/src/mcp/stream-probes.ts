import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import type { StreamProbeStateResponse } from "@fjmcp/shared/ipc/control";
import { bearerToken } from "../auth/bearer-token.ts";
import { EventStream } from "../http/event-stream.ts";

type ProbeState = StreamProbeStateResponse["state"];

/** How long a probe may be opened after it was issued. */
const openWithinMs = 30_000;
/** How long a probe is known, its stream included. */
const knownMs = 90_000;
const maxProbes = 10;
const firstEvents = 4;
const firstEventsEveryMs = 250;
/** A proxy that notices a disconnect only when it writes gets a chance to. */
const laterEventsEveryMs = 3_000;
const maxStreamMs = 30_000;

/**
 * Event streams by which the administrator sees whether a proxy passes events on as they come, and a disconnect. Each is
 * opened by a token of its own, which is issued over the control socket, is used once, and opens nothing else.
 */
export class StreamProbes {
  readonly #probes = new Map<Hash, { issuedAtMs: number; state: ProbeState }>();

  /** A new probe. The oldest of more than ten is evicted. */
  issue(): string {
    const oldest = this.#probes.keys().next();
    if (this.#probes.size >= maxProbes && oldest.done !== true) this.#probes.delete(oldest.value);
    const probe = randomBytes(24).toString("base64url");
    this.#probes.set(sha256Hex(probe), { issuedAtMs: performance.now(), state: "unused" });
    return probe;
  }

  state(probe: string): ProbeState {
    return this.#find(probe)?.state ?? "unknown";
  }

  /** Responds with the stream if the request presents an unused probe; false, and nothing is sent, for any other. */
  open(req: IncomingMessage, res: ServerResponse): boolean {
    if (this.#probes.size === 0 || req.method !== "GET") return false;
    const token = bearerToken(req.headers.authorization);
    const probe = token === undefined ? undefined : this.#find(token);
    if (probe?.state !== "unused" || performance.now() - probe.issuedAtMs > openWithinMs) return false;
    probe.state = "open";
    res.once("close", () => (probe.state = "closed"));
    sendNumbers(res);
    return true;
  }

  #find(probe: string) {
    const found = this.#probes.get(sha256Hex(probe));
    return found !== undefined && performance.now() - found.issuedAtMs <= knownMs ? found : undefined;
  }
}

/** Four events at short intervals, then one every 3 s, until the client leaves. */
function sendNumbers(res: ServerResponse): void {
  const stream = new EventStream(res);
  let sent = 0;
  let timer: NodeJS.Timeout;
  const send = () => {
    stream.send([Buffer.from(String(++sent))]);
    timer = setTimeout(send, sent < firstEvents ? firstEventsEveryMs : laterEventsEveryMs);
  };
  send();
  const end = setTimeout(() => stream.end(), maxStreamMs);
  res.once("close", () => {
    clearTimeout(timer);
    clearTimeout(end);
  });
}
