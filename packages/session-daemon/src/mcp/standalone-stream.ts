import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { GrantOwner } from "../auth/principal.ts";
import { keepAliveTicks, type ListeningStream } from "../session/active-exchanges.ts";
import { endSoon, openEventStream, sendKeepAlive, sendNotification } from "../http/sse.ts";

/** A `GET` stream over HTTP; it outlives the access token that opened it, but not the grant. */
export class HttpListeningStream implements ListeningStream {
  readonly owner: GrantOwner;
  readonly session: Hash;
  readonly #res: ServerResponse;
  #ticks = 0;

  constructor(owner: GrantOwner, session: Hash, res: ServerResponse) {
    this.owner = owner;
    this.session = session;
    this.#res = res;
    openEventStream(res);
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) sendKeepAlive(this.#res);
  }

  send(message: Buffer): void {
    sendNotification(this.#res, message);
  }

  end(): void {
    endSoon(this.#res);
  }

  revoke(): void {
    this.end();
  }
}
