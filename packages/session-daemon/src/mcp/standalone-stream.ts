import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "../auth/principal.ts";
import { keepAliveTicks, type StandaloneStream } from "../session/active-exchanges.ts";
import { endAfterGrace, openEventStream, sendKeepAlive, sendNotification } from "../http/sse.ts";

/**
 * The standalone SSE stream of a `GET` (MCP, "Listening for Messages from the Server"). It outlives the access token
 * that opened it, but not the grant.
 */
export class HttpStandaloneStream implements StandaloneStream {
  readonly owner: Principal;
  recipient: Principal;
  readonly session: Hash;
  readonly #res: ServerResponse;
  #ticks = 0;

  constructor(owner: Principal, session: Hash, res: ServerResponse) {
    this.owner = this.recipient = owner;
    this.session = session;
    this.#res = res;
    openEventStream(res);
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) sendKeepAlive(this.#res);
  }

  send(message: Buffer): boolean {
    return sendNotification(this.#res, message);
  }

  end(): void {
    endAfterGrace(this.#res);
  }

  revoke(): void {
    this.end();
  }
}
