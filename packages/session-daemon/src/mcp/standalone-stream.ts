import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "../auth/principal.ts";
import { keepAliveTicks, type StandaloneStream } from "../session/active-exchanges.ts";
import { EventStream } from "../http/event-stream.ts";

/**
 * The standalone SSE stream of a `GET` (MCP, "Listening for Messages from the Server"). It outlives the access token
 * that opened it, but not the grant.
 */
export class HttpStandaloneStream implements StandaloneStream {
  readonly owner: Principal;
  recipient: Principal;
  readonly session: Hash;
  readonly #stream: EventStream;
  #ticks = 0;

  constructor(owner: Principal, session: Hash, res: ServerResponse) {
    this.owner = this.recipient = owner;
    this.session = session;
    this.#stream = new EventStream(res);
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) this.#stream.keepAlive();
  }

  send(message: Buffer): boolean {
    return this.#stream.notify(message);
  }

  end(): void {
    this.#stream.endAfterGrace();
  }

  revoke(): void {
    this.end();
  }
}
