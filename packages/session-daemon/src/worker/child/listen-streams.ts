import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import { serializeNotification, serializeRequest } from "../../jsonrpc/request-serializer.ts";
import { metaKeys } from "../../meta-keys.ts";
import type { CallError } from "../call.ts";
import type { ChildNotification } from "../child-listener.ts";
import { requestTimedOut } from "../calls/call-errors.ts";
import { paramsForEra } from "./era-params.ts";

/** What a stream of notifications is to carry, in the form of the protocol. */
export interface ListenFilter {
  readonly toolsListChanged?: boolean;
  readonly promptsListChanged?: boolean;
  readonly resourcesListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
}

/** The resources that the child has acknowledged, or the JSON-RPC error with which it has rejected the stream. */
export type ListenOutcome = { readonly uris: ReadonlySet<string> } | { readonly error: object };

interface Stream {
  /** Undefined once it has settled. */
  pending: PendingStream | undefined;
  readonly onEnded: () => void;
}

interface PendingStream {
  readonly requested: readonly string[];
  resolve(outcome: ListenOutcome): void;
  reject(error: CallError): void;
}

const endedAtOnce = { code: errorCodes.internal, message: "The server program has ended the subscription." };

/**
 * The streams of notifications of one child without sessions (MCP 2026-07-28, "Subscriptions"). Their requests are no calls:
 * they have no deadline once they are acknowledged, and the child is idle meanwhile. Their ids are texts, those of calls are
 * numbers.
 */
export class ListenStreams {
  readonly #write: (line: string) => void;
  readonly #timeoutMs: number;
  readonly #onSettled: () => void;
  readonly #streams = new Map<string, Stream>();
  #ended: CallError | undefined;
  #lastNumber = 0;

  /** `onSettled` is called whenever the child has acknowledged or rejected a stream, or not responded in time. */
  constructor(write: (line: string) => void, timeoutMs: number, onSettled: () => void) {
    this.#write = write;
    this.#timeoutMs = timeoutMs;
    this.#onSettled = onSettled;
  }

  /** Whether clients wait for the acknowledgement of a resource. */
  get isAwaited(): boolean {
    for (const { pending } of this.#streams.values())
      if (pending !== undefined && pending.requested.length > 0) return true;
    return false;
  }

  /**
   * Requests a stream at once. `outcome` rejects with CallError when the child has not responded in time or has ended; the
   * stream may be open nevertheless. `onEnded` is called when the child ends a stream that it had acknowledged.
   */
  open(
    notifications: ListenFilter,
    onEnded: () => void,
  ): { readonly id: string; readonly outcome: Promise<ListenOutcome> } {
    const id = `listen-${++this.#lastNumber}`;
    const outcome = new Promise<ListenOutcome>((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      const timer = setTimeout(() => {
        stream.pending?.reject(requestTimedOut(this.#timeoutMs));
      }, this.#timeoutMs);
      const settled = () => {
        clearTimeout(timer);
        stream.pending = undefined;
        // What follows may open another one first.
        setImmediate(this.#onSettled);
      };
      const stream: Stream = {
        onEnded,
        pending: {
          requested: notifications.resourceSubscriptions ?? [],
          resolve: (settledOutcome) => (settled(), resolve(settledOutcome)),
          reject: (error) => (settled(), reject(error)),
        },
      };
      this.#streams.set(id, stream);
      const params = paramsForEra({ notifications }, "stateless");
      this.#write(serializeRequest(JSON.stringify(id), "subscriptions/listen", params));
    });
    return { id, outcome };
  }

  /** Nothing happens when it has ended. */
  close(id: string): void {
    if (this.#streams.delete(id))
      this.#write(serializeNotification("notifications/cancelled", { requestId: id }));
  }

  /** True for a notification about a stream itself, which no client gets. */
  handle({ method, params: { _meta, notifications, requestId } }: ChildNotification): boolean {
    if (method === "notifications/subscriptions/acknowledged") {
      this.#acknowledge(isJsonObject(_meta) ? _meta[metaKeys.subscriptionId] : undefined, notifications);
      return true;
    }
    const isEnd =
      method === "notifications/cancelled" && typeof requestId === "string" && this.#streams.has(requestId);
    if (isEnd) this.handleEnd(requestId, undefined);
    return isEnd;
  }

  /** The child has ended the stream, or rejected it with this error, as JSON text. */
  handleEnd(id: string, errorJson: string | undefined): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    if (stream.pending === undefined) stream.onEnded();
    else {
      const error = errorJson === undefined ? endedAtOnce : (JSON.parse(errorJson) as object);
      stream.pending.resolve({ error });
    }
  }

  /** The child has ended. */
  end(error: CallError): void {
    this.#ended = error;
    for (const { pending } of this.#streams.values()) pending?.reject(error);
    this.#streams.clear();
  }

  #acknowledge(id: unknown, notifications: unknown): void {
    const pending = typeof id === "string" ? this.#streams.get(id)?.pending : undefined;
    if (pending === undefined) return;
    const named = isJsonObject(notifications) ? notifications.resourceSubscriptions : undefined;
    const acknowledged = new Set<unknown>(Array.isArray(named) ? named : []);
    pending.resolve({ uris: new Set(pending.requested.filter((uri) => acknowledged.has(uri))) });
  }
}
