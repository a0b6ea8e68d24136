import { once } from "node:events";
import { type Socket, createConnection } from "node:net";
import type { Target } from "./targets.ts";

/** The head as text (status line and headers), and the body's bytes as they came. */
export interface RawResponse {
  readonly head: string;
  readonly body: Buffer;
}

const headEndMark = Buffer.from("\r\n\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");
const ok = Buffer.from("HTTP/1.1 200 ");

/** Of all connections: each chunk is used up before the next one is read. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

/**
 * One HTTP/1.1 keep-alive connection that costs the load generator as little as possible: requests are prepared bytes,
 * and a response of the same length as the last one is not parsed, except for its status. Servers must write a head at once.
 */
export class HttpConnection {
  readonly #socket: Socket;
  /** The response so far, where it is wanted. */
  #kept: Buffer[] | undefined;
  /** The start of a response with any status but 200. */
  #failure: string | undefined;
  #received = 0;
  /** Undefined for a chunked response. */
  #length: number | undefined;
  #lastLength = 0;
  #onResponse: () => void = () => {};
  #onError: (error: Error) => void = () => {};

  private constructor(address: Target["address"]) {
    const callback = (bytes: number, buffer: Uint8Array) => {
      this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, bytes));
      return true;
    };
    this.#socket = createConnection({ ...address, noDelay: true, onread: { buffer: readBuffer, callback } });
    this.#socket.on("error", (error) => this.#onError(error));
    this.#socket.on("close", () => this.#onError(new Error("the server closed the connection")));
  }

  static async open(address: Target["address"]): Promise<HttpConnection> {
    const connection = new HttpConnection(address);
    await once(connection.#socket, "connect");
    return connection;
  }

  /** Sends one request and resolves with its response. */
  async exchange(request: Buffer): Promise<RawResponse> {
    const chunks: Buffer[] = (this.#kept = []);
    await new Promise<void>((resolve, reject) => {
      this.#onResponse = resolve;
      this.#onError = reject;
      this.#socket.write(request);
    });
    this.#kept = undefined;
    const response = Buffer.concat(chunks);
    const headEnd = response.indexOf(headEndMark);
    return { head: response.toString("latin1", 0, headEnd), body: response.subarray(headEnd + 4) };
  }

  /** Sends the same request repeatedly until `next` returns false; resolves then. Rejects on any status but 200. */
  repeat(request: Buffer, next: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onError = reject;
      this.#onResponse = () => {
        if (this.#failure !== undefined) reject(new Error(this.#failure));
        else if (next()) this.#socket.write(request);
        else resolve();
      };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#onError = () => {};
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#received === 0) {
      this.#failure = chunk.subarray(0, ok.length).equals(ok) ? undefined : chunk.toString("utf8", 0, 600);
      this.#length = chunk.length === this.#lastLength ? chunk.length : lengthOf(chunk);
    }
    this.#kept?.push(Buffer.from(chunk));
    this.#received += chunk.length;
    const isWhole =
      this.#length === undefined
        ? chunk.subarray(-lastChunk.length).equals(lastChunk)
        : this.#received >= this.#length;
    if (!isWhole) return;
    // The length of a chunked response depends on how it was written.
    this.#lastLength = this.#length ?? 0;
    this.#received = 0;
    this.#onResponse();
  }
}

/** The length of the whole response in bytes, from its start; undefined for a chunked one. */
function lengthOf(start: Buffer): number | undefined {
  const headEnd = start.indexOf(headEndMark);
  const head = start.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  const isChunked = /\r\ntransfer-encoding: chunked/i.test(head);
  return isChunked ? undefined : headEnd + headEndMark.length + Number(length ?? 0);
}

/** The bytes of a POST of `body` to `/mcp`. */
export function mcpPost(body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const accept = "application/json, text/event-stream";
  return httpPost("/mcp", body, { "content-type": "application/json", accept, ...headers });
}

/** The bytes of a POST of `body`. */
export function httpPost(path: string, body: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({
    host: "127.0.0.1",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
