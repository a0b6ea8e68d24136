import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { ExchangeOwner, ListeningStream } from "../session/open-exchanges.ts";
import { endSoon, openEventStream, sendKeepAlive, sendNotification } from "./event-stream.ts";

/** A `GET` stream over HTTP; it outlives the access token that opened it, but not the grant. */
export class HttpListeningStream implements ListeningStream {
  readonly owner: ExchangeOwner;
  readonly session: Hash;
  readonly #res: ServerResponse;

  constructor(owner: ExchangeOwner, session: Hash, res: ServerResponse, keepAliveMs: number) {
    this.owner = owner;
    this.session = session;
    this.#res = res;
    openEventStream(res);
    const keepAlive = setInterval(() => sendKeepAlive(res), keepAliveMs);
    res.once("close", () => clearInterval(keepAlive));
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
