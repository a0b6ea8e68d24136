import { invalidLogLevel, isMcpLogLevel, type McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import { metaKeys } from "../../meta-keys.ts";
import type { CallError, CallSink, ResponseOutcome } from "../call.ts";
import type { ChildNotification } from "../child-listener.ts";
import { isPartOfResource } from "../is-part-of-resource.ts";
import type { ChildSubscriptions } from "../mcp-client/child-subscriptions.ts";
import {
  invalidUri,
  isSubscribableUri,
  maxSubscriptionsPerSession,
  SubscriptionLimitError,
} from "../subscription-limits.ts";

/**
 * The state of a session whose own child keeps none, as it speaks 2026-07-28: its level of log messages and what it is
 * subscribed to.
 */
export class StatelessSession {
  readonly #offered: ReadonlySet<string>;
  readonly #subscriptions: ChildSubscriptions;
  readonly #uris: Set<string>;
  #logLevel: McpLogLevel | undefined;

  /** `uris` is what `subscriptions` reads. */
  constructor(
    { logging, resources }: InitializeResult["capabilities"],
    subscriptions: ChildSubscriptions,
    uris: Set<string>,
  ) {
    this.#offered = new Set([
      ...(logging === undefined ? [] : ["logging/setLevel"]),
      ...(resources?.subscribe === true ? ["resources/subscribe", "resources/unsubscribe"] : []),
    ]);
    this.#subscriptions = subscriptions;
    this.#uris = uris;
  }

  /** Responds to a request that changes the state; false for any other, and for what the child does not offer. */
  handle({ idJson, method, params = {} }: ClientRequest, sink: CallSink): boolean {
    if (!this.#offered.has(method)) return false;
    const respond = (member: string, outcome: ResponseOutcome) =>
      sink.response([Buffer.from(`{"jsonrpc":"2.0","id":${idJson},${member}}`)], outcome);
    this.#change(method, params).then(
      (error) =>
        error === undefined
          ? respond('"result":{}', "ok")
          : respond(`"error":${JSON.stringify(error)}`, "rpc_error"),
      (error: CallError) => sink.failed(error),
    );
    return true;
  }

  /**
   * Whether the client is to get the child's notification: an update only of what it is subscribed to. The child reports a
   * resource until it has acknowledged a stream without it.
   */
  wants({ method, params: { uri } }: ChildNotification): boolean {
    if (method !== "notifications/resources/updated") return true;
    return typeof uri === "string" && [...this.#uris].some((whole) => isPartOfResource(uri, whole));
  }

  /** The request with the session's level. */
  withLogLevel(request: ClientRequest): ClientRequest {
    if (this.#logLevel === undefined) return request;
    const meta = isJsonObject(request.params?._meta) ? request.params._meta : {};
    return {
      ...request,
      params: { ...request.params, _meta: { ...meta, [metaKeys.logLevel]: this.#logLevel } },
    };
  }

  /** Resolves with a JSON-RPC error if the change is rejected; rejects with CallError. */
  async #change(
    method: string,
    { level, uri }: Readonly<Record<string, unknown>>,
  ): Promise<object | undefined> {
    if (method === "logging/setLevel") return this.#setLevel(level);
    if (method === "resources/subscribe") return await this.#subscribe(uri);
    // What the child makes of it is nothing to the client, which gets no update of it any more.
    if (typeof uri === "string" && this.#uris.delete(uri))
      await this.#subscriptions.update().catch(() => undefined);
    return undefined;
  }

  #setLevel(level: unknown): object | undefined {
    if (!isMcpLogLevel(level)) return invalidParams(invalidLogLevel);
    this.#logLevel = level;
    return undefined;
  }

  async #subscribe(uri: unknown): Promise<object | undefined> {
    if (!isSubscribableUri(uri)) return invalidParams(invalidUri);
    const isNew = !this.#uris.has(uri);
    if (isNew && this.#uris.size >= maxSubscriptionsPerSession) {
      const { message } = new SubscriptionLimitError("Your session", maxSubscriptionsPerSession);
      return { code: errorCodes.serverError, message };
    }
    this.#uris.add(uri);
    let error: object | undefined;
    try {
      error = (await this.#subscriptions.update(uri)).get(uri);
    } catch (failure) {
      if (isNew) this.#uris.delete(uri);
      throw failure;
    }
    if (error !== undefined) this.#uris.delete(uri);
    return error;
  }
}

function invalidParams(message: string): object {
  return { code: errorCodes.invalidParams, message };
}
