import type { ServerResponse } from "node:http";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { sendJson } from "../http/json-response.ts";
import { EventStream } from "../http/event-stream.ts";
import { BatchMemberResponse } from "./batch-member-response.ts";

/** Responses that wait for the others of their batch, in all: beyond, they are sent one by one. */
const maxHeldBytes = 64 * 1024;
const [opening, separator, closing] = ["[", ",", "]"].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
];

/**
 * The HTTP response to a batch (MCP 2025-03-26, "Sending Messages to the Server"): the responses to its requests as one JSON
 * array, or as an event stream when that needs long, they are large, or one of them reports progress; 202 when there are
 * none.
 */
export class BatchResponse {
  readonly #res: ServerResponse;
  readonly #accepted: AcceptedTypes;
  readonly #keepAlive: NodeJS.Timeout;
  /** The responses that were begun and have not ended. */
  readonly #members = new Set<BatchMemberResponse>();
  #open: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #state: "holding" | "events" | "array" | "complete" = "holding";
  #events: EventStream | undefined;
  #sent = 0;

  /** `messages`: how many `member` responses there will be. */
  constructor(res: ServerResponse, accepted: AcceptedTypes, messages: number, keepAliveMs: number) {
    this.#res = res;
    this.#accepted = accepted;
    this.#open = messages;
    this.#keepAlive = setInterval(() => this.#tick(), keepAliveMs);
    res.once("close", () => {
      clearInterval(this.#keepAlive);
      for (const member of this.#members) member.emit("close");
    });
  }

  /** The response to the next message. */
  member(): BatchMemberResponse {
    const notify = (message: Buffer) => this.#notify(message);
    const begun = new BatchMemberResponse(this.#res, notify, (member, body) => {
      this.#members.delete(member);
      if (member.statusCode === 401) this.#reject(member, body);
      else this.#add(body);
      if (--this.#open === 0) this.#complete();
    });
    this.#members.add(begun);
    return begun;
  }

  #notify(message: Buffer): boolean {
    if (this.#isOver || !this.#accepted.sse) return false;
    if (this.#state === "holding") this.#begin();
    return this.#events?.notify(message) ?? false;
  }

  #add(response: Buffer): void {
    if (response.length === 0 || this.#state === "complete" || this.#isOver) return;
    if (this.#state !== "holding") {
      this.#send(response);
      return;
    }
    this.#held.push(response);
    this.#heldBytes += response.length;
    if (this.#heldBytes > maxHeldBytes || !this.#accepted.json) this.#begin();
  }

  /** Nothing can be sent any more: the client has disconnected, or an error was sent instead. */
  get #isOver(): boolean {
    return this.#res.destroyed || this.#res.writableEnded || this.#events?.isOpen === false;
  }

  /** Begins to send, what was held first. */
  #begin(): void {
    this.#state = this.#accepted.sse ? "events" : "array";
    if (this.#state === "events") this.#events = new EventStream(this.#res);
    else this.#res.writeHead(200, { "content-type": "application/json" });
    for (const response of this.#held) this.#send(response);
    this.#held = [];
  }

  #send(response: Buffer): void {
    if (this.#events !== undefined) this.#events.send([response]);
    else this.#res.write(Buffer.concat([this.#sent === 0 ? opening : separator, response]));
    this.#sent++;
  }

  #tick(): void {
    if (this.#isOver) return;
    if (this.#state === "holding" && this.#accepted.sse) this.#begin();
    this.#events?.keepAlive();
  }

  /**
   * The grant has ended: the client is to log in, as for a single request; unless there is another response already, which
   * it must not lose.
   */
  #reject(member: BatchMemberResponse, body: Buffer): void {
    if (this.#state !== "holding" || this.#held.length > 0 || this.#isOver) {
      this.#add(body);
      return;
    }
    this.#state = "complete";
    const challenge = member.getHeader("www-authenticate");
    if (challenge !== undefined) this.#res.setHeader("www-authenticate", challenge);
    sendJson(this.#res, 401, [body]);
  }

  #complete(): void {
    const state = this.#state;
    this.#state = "complete";
    clearInterval(this.#keepAlive);
    if (state === "complete" || this.#isOver) return;
    if (this.#events !== undefined) this.#events.end();
    else if (state === "array") this.#res.end(closing);
    else if (this.#held.length === 0) {
      this.#res.writeHead(202, { "content-length": 0 });
      this.#res.end();
    } else {
      const parts = this.#held.flatMap((response, i) => [i === 0 ? opening : separator, response]);
      sendJson(this.#res, 200, [...parts, closing]);
    }
  }
}
