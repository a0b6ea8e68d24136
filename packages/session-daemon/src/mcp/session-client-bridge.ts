import type { AccountId, Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientResponse } from "../jsonrpc/client-message.ts";
import { serializeNotification } from "../jsonrpc/request-serializer.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import { ClientRequests } from "../session/client-requests.ts";
import type { SubscriptionAccess } from "../session/subscription-access.ts";
import type { CallSink } from "../worker/call.ts";
import type { ChildNotification, ChildRequest } from "../worker/child-listener.ts";
import type { SessionClients } from "../worker/session-clients.ts";

/** The notifications that a client gets as they are: with the call that they can belong to, or on its standalone stream. */
const ofCalls: ReadonlySet<string> = new Set(["notifications/message", "notifications/elicitation/complete"]);
const ofSession: ReadonlySet<string> = new Set([
  "notifications/tools/list_changed",
  "notifications/resources/list_changed",
  "notifications/prompts/list_changed",
  "notifications/resources/updated",
]);
/** A larger notification is dropped. */
const maxNotificationBytes = 256 * 1024;

interface SessionClientBridgeDeps {
  readonly exchanges: ActiveExchanges;
  readonly requestTimeoutMs: number;
  readonly access: Pick<SubscriptionAccess, "allows">;
  readonly onEnded: (owner: Principal, session: Hash) => Promise<void>;
  /** Called with the error of `onEnded`. */
  readonly onFailed: (error: unknown) => void;
}

/** Connects the children that have a session of their own with its client (docs/adr/0024). */
export class SessionClientBridge implements SessionClients {
  readonly #exchanges: ActiveExchanges;
  readonly #requests: ClientRequests;
  readonly #access: Pick<SubscriptionAccess, "allows">;
  readonly #onEnded: (owner: Principal, session: Hash) => Promise<void>;
  readonly #ending = new Set<Promise<void>>();

  /** `onEnded` is called for each session whose worker is gone. */
  constructor({ exchanges, requestTimeoutMs, access, onEnded, onFailed }: SessionClientBridgeDeps) {
    this.#access = access;
    this.#exchanges = exchanges;
    this.#requests = new ClientRequests(requestTimeoutMs);
    this.#onEnded = (owner, session) => onEnded(owner, session).catch(onFailed);
  }

  onRequest(
    { accountId }: Principal,
    session: Hash,
    request: ChildRequest,
    call: CallSink | undefined,
    respond: (member: string) => void,
  ): void {
    const send = (message: Buffer) =>
      call?.related?.(message, "request") === true ||
      this.#sendOnStream(accountId, session, message) ||
      this.#sendWithAnyCall(session, message);
    void this.#requests.request(session, request, send, respond);
  }

  onNotification(
    { accountId, grantId }: Principal,
    session: Hash,
    { method, params }: ChildNotification,
    call: CallSink | undefined,
  ): void {
    if (method === "notifications/cancelled") {
      this.#requests.cancel(session, JSON.stringify(params.requestId), params.reason);
      return;
    }
    if (!ofCalls.has(method) && !ofSession.has(method)) return;
    // The child has the subscription still when the grant was narrowed since.
    const isUpdate = method === "notifications/resources/updated";
    if (isUpdate && !this.#access.allows(grantId, String(params.uri))) return;
    const message = Buffer.from(serializeNotification(method, params));
    if (message.length > maxNotificationBytes) return;
    if (ofCalls.has(method) && call?.related?.(message, "notification") === true) return;
    this.#exchanges.newestStream(accountId, session)?.send(message);
  }

  isListening({ accountId }: Principal, session: Hash): boolean {
    return this.#exchanges.isListening(accountId, session);
  }

  onEnded(owner: Principal, session: Hash): void {
    this.#requests.end(session);
    this.#exchanges.endStreamsOf(session);
    const ending = this.#onEnded(owner, session).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Resolves once all that the ends of sessions have caused is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#ending);
  }

  /** A response that the client has posted; ignored when it belongs to no request to this session. */
  settle(session: Hash, response: ClientResponse): void {
    this.#requests.settle(session, response);
  }

  /** Only where the client gets it now: a request is repeated elsewhere when it cannot be sent. */
  #sendOnStream(accountId: AccountId, session: Hash, message: Buffer): boolean {
    const stream = this.#exchanges.newestStream(accountId, session);
    if (stream?.hasRoom !== true) return false;
    stream.send(message);
    return true;
  }

  /** It is not known which of several calls it belongs to, but a client reads the streams of all. */
  #sendWithAnyCall(session: Hash, message: Buffer): boolean {
    return this.#exchanges.callsOf(session).some((call) => call.related(message, "request"));
  }
}
