import { IncomingMessage, type IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { RepeatedHeaders } from "./repeated-headers.ts";

/** Of each connection. */
const headersOf = new WeakMap<Socket, RepeatedHeaders>();

/**
 * A request whose body can be received whole, in one call. The events of a stream, and the ticks of the event loop between
 * them, cost a tenth of a small call. Headers that repeat those of the request before on its connection are not parsed again.
 */
export class WholeBodyRequest extends IncomingMessage {
  #onBody: ((body: Buffer) => void) | undefined;
  #body: Buffer | undefined;
  #headers: IncomingHttpHeaders | undefined;

  static {
    // For TypeScript it is a property, which an accessor of a subclass cannot override.
    Object.defineProperty(this.prototype, "headers", {
      get(this: WholeBodyRequest) {
        return (this.#headers ??= this.#readHeaders());
      },
      set(this: WholeBodyRequest, headers: IncomingHttpHeaders) {
        this.#headers = headers;
      },
    });
  }

  /**
   * Calls `onBody` once the whole body has arrived, never before this returns; not at all when the client closes the
   * connection before. `onBody` must not throw. The request does not emit `end`. False, without effect: the body is longer
   * than `maxBytes`, has no Content-Length, or a part of it has arrived already, so that it must be read as a stream.
   */
  receiveBody(maxBytes: number, onBody: (body: Buffer) => void): boolean {
    const isShort = Number(this.headers["content-length"]) <= maxBytes;
    const hasBegun = this.complete || this.readableLength > 0 || this.readableDidRead;
    if (!isShort || hasBegun) return false;
    this.#onBody = onBody;
    // Else Node would read it as a stream after the response, to find the next request.
    this.read(0);
    return true;
  }

  /** Called by Node with each part of the body, and with null at its end. */
  override push(chunk: Buffer | null): boolean {
    const onBody = this.#onBody;
    if (onBody === undefined) return super.push(chunk);
    if (chunk !== null) {
      // Joined at once: of a body that comes byte by byte, chunks would take a hundred times its length.
      this.#body = this.#body === undefined ? chunk : Buffer.concat([this.#body, chunk]);
      return true;
    }
    const body = this.#body ?? Buffer.alloc(0);
    this.#onBody = undefined;
    this.#body = undefined;
    onBody(body);
    return false;
  }

  #readHeaders(): IncomingHttpHeaders {
    const { rawHeaders, socket } = this;
    let repeated = headersOf.get(socket);
    if (repeated === undefined) headersOf.set(socket, (repeated = new RepeatedHeaders()));
    return repeated.take(rawHeaders, () => Reflect.get(IncomingMessage.prototype, "headers", this));
  }
}
