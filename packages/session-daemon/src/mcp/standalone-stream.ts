import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "../auth/principal.ts";
import { keepAliveTicks, type StandaloneStream } from "../session/active-exchanges.ts";
import type { ResumableStream } from "./resumable-stream.ts";
import type { ResumableStreams } from "./resumable-streams.ts";

interface HttpStandaloneStreamDeps {
  readonly streams: ResumableStreams;
  /** It ends, and will not be resumed. */
  readonly onEnded: (stream: StandaloneStream) => void;
}

/**
 * The standalone SSE stream of a `GET` (MCP, "Listening for Messages from the Server"). It outlives the access token
 * that opened it, but not the grant. When its connection breaks, it keeps its messages for a client that resumes it.
 */
export class HttpStandaloneStream implements StandaloneStream {
  readonly owner: Principal;
  readonly session: Hash;
  readonly #stream: ResumableStream;
  readonly #deps: HttpStandaloneStreamDeps;
  #ticks = 0;
  #wasConnected = true;
  #hasEnded = false;

  /** Begins the response; the client speaks `protocolVersion`. */
  constructor(
    owner: Principal,
    session: Hash,
    protocolVersion: string,
    res: ServerResponse,
    deps: HttpStandaloneStreamDeps,
  ) {
    this.owner = owner;
    this.session = session;
    this.#deps = deps;
    this.#stream = deps.streams.open({ owner, session, idJson: undefined }, protocolVersion, res);
  }

  get recipient(): Principal {
    return this.#stream.owner;
  }

  /** What was sent to another grant is not kept for this one. */
  set recipient(to: Principal) {
    this.#stream.owner = to;
    this.#stream.evictBeyond(0);
  }

  get isConnected(): boolean {
    return this.#stream.isConnected;
  }

  tick(): void {
    if (this.isConnected) {
      this.#wasConnected = true;
      if (++this.#ticks % keepAliveTicks === 0) this.#stream.keepAlive();
    } else if (this.#wasConnected) {
      this.#wasConnected = false;
      // From now on: the time of the last message does not matter.
      this.#deps.streams.keep(this.#stream);
    } else if (!this.#deps.streams.keeps(this.#stream)) this.end();
  }

  send(message: Buffer): boolean {
    if (this.#hasEnded) return false;
    this.#stream.notification(message);
    return true;
  }

  end(): void {
    this.#hasEnded = true;
    this.#stream.close();
    this.#deps.streams.evict(this.#stream);
    this.#deps.onEnded(this);
  }

  revoke(): void {
    this.end();
  }
}
