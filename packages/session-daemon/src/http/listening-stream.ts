import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { ExchangeOwner, ListeningStream } from "../session/open-exchanges.ts";
import { endSoon, openEventStream, sendKeepAlive, sendNotification } from "./event-stream.ts";
import { KeepAlive } from "./keep-alive.ts";

/** A `GET` stream over HTTP; it outlives the access token that opened it, but not the grant. */
export class HttpListeningStream implements ListeningStream {
  readonly owner: ExchangeOwner;
  readonly session: Hash;
  readonly #res: ServerResponse;
  readonly #keepAlive: KeepAlive;

  constructor(owner: ExchangeOwner, session: Hash, res: ServerResponse, keepAliveMs: number) {
    this.owner = owner;
    this.session = session;
    this.#res = res;
    openEventStream(res);
    this.#keepAlive = new KeepAlive(keepAliveMs);
  }

  keepAlive(nowMs: number): void {
    if (this.#keepAlive.isDue(nowMs)) sendKeepAlive(this.#res);
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
