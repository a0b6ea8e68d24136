import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hash } from "@fjmcp/shared/ids";
import type { ClientResponse } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import { serializeRequest } from "../jsonrpc/request-serializer.ts";
import type { ChildRequest } from "../worker/child-listener.ts";

/** Requests of one child without a response. */
const maxPending = 32;
const maxRequestBytes = 4 * 1024 * 1024;
/** A client opens its standalone stream only after `notifications/initialized`, on which some children make requests. */
const streamWaitMs = 3_000;
const streamPollMs = 50;

interface Pending {
  readonly childIdJson: string;
  /** Sends a message to the client, on the stream that the request belongs to. */
  readonly send: (message: Buffer) => boolean;
  readonly respond: (member: string) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The requests of children to the clients of their sessions. A client gets a random id in place of the child's, and its
 * response counts only in the session that the request was sent to, and once.
 */
export class ClientRequests {
  readonly #timeoutMs: number;
  /** By session and the id that the client has got, as JSON text. */
  readonly #pending = new Map<Hash, Map<string, Pending>>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * `send` is false when no stream to the client is open. `respond` gets the client's response, or an error when there is
   * none in time or no stream.
   */
  async request(
    session: Hash,
    { idJson: childIdJson, method, params }: ChildRequest,
    send: (message: Buffer) => boolean,
    respond: (member: string) => void,
  ): Promise<void> {
    const idJson = JSON.stringify(randomBytes(16).toString("base64url"));
    const message = Buffer.from(serializeRequest(idJson, method, params));
    const pendingRequests = this.#pending.get(session)?.size ?? 0;
    if (pendingRequests >= maxPending || message.length > maxRequestBytes) {
      respond(
        errorMember(errorCodes.serverError, "The client has too many requests, or this one is too large."),
      );
      return;
    }
    const timer = setTimeout(() => {
      this.#cancel(session, idJson, "timeout");
      respond(errorMember(errorCodes.requestTimeout, "The client did not respond in time."));
    }, this.#timeoutMs);
    this.#add(session, idJson, { childIdJson, send, respond, timer });
    const untilMs = performance.now() + Math.min(streamWaitMs, this.#timeoutMs);
    while (!send(message)) {
      if (performance.now() >= untilMs) {
        this.#take(session, idJson)?.respond(
          errorMember(errorCodes.serverError, "The client has no open stream for requests."),
        );
        return;
      }
      await sleep(streamPollMs);
      if (!this.#has(session, idJson)) return;
    }
  }

  /** A response of the client; ignored when its id is not that of a request to this session without a response. */
  settle(session: Hash, { idJson, isError, member }: ClientResponse): void {
    this.#take(session, idJson)?.respond(isError ? checkedError(member) : checkedResult(member));
  }

  /** The child expects no response any more; `childIdJson` is its own id. */
  cancel(session: Hash, childIdJson: string, reason: unknown): void {
    for (const [idJson, pending] of this.#pending.get(session) ?? [])
      if (pending.childIdJson === childIdJson) this.#cancel(session, idJson, reason);
  }

  /** The session has ended: its requests are dropped. */
  end(session: Hash): void {
    for (const idJson of this.#pending.get(session)?.keys() ?? []) this.#take(session, idJson);
  }

  #cancel(session: Hash, idJson: string, reason: unknown): void {
    const why = typeof reason === "string" ? `,"reason":${JSON.stringify(reason)}` : "";
    const params = `{"requestId":${idJson}${why}}`;
    const message = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`;
    this.#take(session, idJson)?.send(Buffer.from(message));
  }

  #add(session: Hash, idJson: string, pending: Pending): void {
    const ofSession = this.#pending.get(session);
    if (ofSession === undefined) this.#pending.set(session, new Map([[idJson, pending]]));
    else ofSession.set(idJson, pending);
  }

  #has(session: Hash, idJson: string): boolean {
    return this.#pending.get(session)?.has(idJson) === true;
  }

  #take(session: Hash, idJson: string): Pending | undefined {
    const ofSession = this.#pending.get(session);
    const pending = ofSession?.get(idJson);
    if (ofSession === undefined || pending === undefined) return undefined;
    clearTimeout(pending.timer);
    ofSession.delete(idJson);
    if (ofSession.size === 0) this.#pending.delete(session);
    return pending;
  }
}

function checkedResult(result: unknown): string {
  return isJsonObject(result) ? `"result":${JSON.stringify(result)}` : invalidResponse;
}

function checkedError(error: unknown): string {
  if (!isJsonObject(error) || !Number.isSafeInteger(error.code) || typeof error.message !== "string")
    return invalidResponse;
  const { code, message, data } = error;
  return `"error":${JSON.stringify({ code, message, data })}`;
}

function errorMember(code: number, message: string): string {
  return `"error":${JSON.stringify({ code, message })}`;
}

const invalidResponse = errorMember(errorCodes.internal, "The client's response is invalid.");
