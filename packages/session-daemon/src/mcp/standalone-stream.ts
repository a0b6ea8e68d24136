import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import { keepAliveTicks, type StandaloneStream } from "../session/active-exchanges.ts";
import type { ResumableStream } from "./resumable-stream.ts";
import type { ResumableStreams } from "./resumable-streams.ts";

interface HttpStandaloneStreamDeps {
  readonly streams: ResumableStreams;
  /** It ends, and will not be resumed. */
  readonly onEnded: (stream: StandaloneStream) => void;
}

/**
 * How long a client whose access has ended stays away: connecting again, it would be rejected, and open a browser window that
 * its user has not asked for, beside that of its next request.
 */
const signInMs = 600_000;

/**
 * The standalone SSE stream of a `GET` (MCP, "Listening for Messages from the Server"). It outlives the access token
 * that opened it, but not the grant. When its connection breaks, it keeps its messages for a client that resumes it.
 */
export class HttpStandaloneStream implements StandaloneStream {
  readonly session: Hash;
  readonly #stream: ResumableStream;
  readonly #deps: HttpStandaloneStreamDeps;
  #ticks = 0;
  /** On the clock of `performance.now()`. */
  #brokenAtMs: number | undefined;
  #hasEnded = false;

  /** Begins the response; the client speaks `protocolVersion`. */
  constructor(
    owner: Principal,
    session: Hash,
    protocolVersion: string,
    res: ServerResponse,
    deps: HttpStandaloneStreamDeps,
  ) {
    this.session = session;
    this.#deps = deps;
    this.#stream = deps.streams.open({ owner, session, idJson: undefined }, protocolVersion, res);
  }

  get owner(): Principal {
    return this.#stream.connectedBy;
  }

  get recipient(): Principal {
    return this.#stream.owner;
  }

  set recipient(to: Principal) {
    this.#stream.moveTo(to);
  }

  get isConnected(): boolean {
    return this.#stream.isConnected;
  }

  get hasRoom(): boolean {
    return this.#stream.hasRoom;
  }

  tick(): void {
    if (this.isConnected) {
      this.#brokenAtMs = undefined;
      if (++this.#ticks % keepAliveTicks === 0) this.#stream.keepAlive();
      return;
    }
    const { streams } = this.#deps;
    const nowMs = performance.now();
    if (this.#brokenAtMs === undefined) {
      this.#brokenAtMs = nowMs;
      streams.keep(this.#stream);
    } else if (nowMs - this.#brokenAtMs >= streams.keptMs) this.end();
  }

  send(message: Buffer): void {
    if (this.#hasEnded) return;
    this.#stream.notification(message);
    // A later message must not overtake one that waits for a client that reads too slowly: it gets both when it resumes.
    if (this.isConnected && !this.hasRoom) this.#stream.close();
  }

  revoke(matches: (owner: Principal) => boolean): void {
    // A session that has moved on to a living grant belongs to a client that has signed in already.
    this.end(matches(this.recipient) ? signInMs : undefined);
  }

  /** `retryMs`: as of `ResumableStream.close`. */
  end(retryMs?: number): void {
    this.#hasEnded = true;
    this.#stream.close(retryMs);
    this.#deps.streams.evict(this.#stream);
    this.#deps.onEnded(this);
  }
}
