import type { ServerResponse } from "node:http";
import type { Principal } from "@fjmcp/shared/principal";
import { EventStream } from "../../http/event-stream.ts";
import { rawJson } from "../../jsonrpc/lossless-json.ts";
import { metaKeys } from "../../meta-keys.ts";
import { keepAliveTicks, type StandaloneStream } from "../../session/active-exchanges.ts";
import { notificationMethods, serializableFilter, type NotificationFilter } from "./notification-filter.ts";

interface Notification {
  readonly method: string;
  readonly params?: { readonly _meta?: object; readonly [name: string]: unknown };
}

/**
 * The response stream of `subscriptions/listen` (MCP 2026-07-28, "Subscriptions"): the acknowledgement, then only
 * notifications of the acknowledged types, each with the id of the request. Its regular end is the response. It outlives
 * the access token that opened it, but not the grant.
 */
export class ListenStream implements StandaloneStream {
  readonly owner: Principal;
  readonly recipient: Principal;
  readonly session = undefined;
  readonly isConnected = true;
  readonly #idJson: string;
  readonly #methods: ReadonlySet<string>;
  readonly #serverInfo: object;
  readonly #stream: EventStream;
  #ticks = 0;

  /** `filter` is acknowledged at once. */
  constructor(
    owner: Principal,
    idJson: string,
    filter: NotificationFilter,
    serverInfo: object,
    res: ServerResponse,
  ) {
    this.owner = owner;
    this.recipient = owner;
    this.#idJson = idJson;
    this.#methods = notificationMethods(filter);
    this.#serverInfo = serverInfo;
    this.#stream = new EventStream(res);
    this.#write({
      method: "notifications/subscriptions/acknowledged",
      params: { notifications: serializableFilter(filter) },
    });
  }

  tick(): void {
    if (++this.#ticks % keepAliveTicks === 0) this.#stream.keepAlive();
  }

  get hasRoom(): boolean {
    return this.#stream.hasRoom;
  }

  /** Drops a message of a type that was not acknowledged. */
  send(message: Buffer): void {
    const notification = JSON.parse(message.toString("utf8")) as Notification;
    if (this.#methods.has(notification.method)) this.#write(notification);
  }

  end(): void {
    const id = rawJson(this.#idJson);
    const _meta = { [metaKeys.subscriptionId]: id, [metaKeys.serverInfo]: this.#serverInfo };
    const response = { jsonrpc: "2.0", id, result: { resultType: "complete", _meta } };
    this.#stream.send([Buffer.from(JSON.stringify(response))]);
    this.#stream.endAfterGrace();
  }

  revoke(): void {
    this.end();
  }

  #write({ method, params }: Notification): void {
    const _meta = { ...params?._meta, [metaKeys.subscriptionId]: rawJson(this.#idJson) };
    const message = JSON.stringify({ jsonrpc: "2.0", method, params: { ...params, _meta } });
    this.#stream.notify(Buffer.from(message));
  }
}
