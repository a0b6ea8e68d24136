import { ServerResponse } from "node:http";

/**
 * Stands for the HTTP response to one message of a batch, so that each is handled as if it had been posted alone. What is
 * written is kept, and `onEnd` is called with it once the response has ended.
 */
export class BatchMemberResponse extends ServerResponse {
  /**
   * Sends a message that belongs to this one, before its response. False when the client does not get it: it accepts no
   * events, or reads too slowly.
   */
  readonly notify: (message: Buffer) => boolean;
  readonly #onEnd: (response: BatchMemberResponse, body: Buffer) => void;
  readonly #chunks: Buffer[] = [];

  constructor(
    batch: ServerResponse,
    notify: (message: Buffer) => boolean,
    onEnd: (response: BatchMemberResponse, body: Buffer) => void,
  ) {
    super(batch.req);
    this.notify = notify;
    this.#onEnd = onEnd;
    // It has no connection of its own.
    Object.defineProperty(this, "destroyed", {
      get: () => batch.destroyed,
      set() {
        // Node sets it, and nothing else.
      },
    });
  }

  override write(chunk: unknown, encoding?: unknown): boolean {
    this.#chunks.push(
      Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk), encoding as BufferEncoding),
    );
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown): this {
    if (typeof chunk === "string" || Buffer.isBuffer(chunk)) this.write(chunk, encoding);
    this.#onEnd(this, Buffer.concat(this.#chunks));
    return this;
  }
}
