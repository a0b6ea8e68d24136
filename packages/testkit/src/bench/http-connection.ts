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

/**
 * One HTTP/1.1 keep-alive connection that costs the load generator as little as possible: requests are prepared bytes,
 * and a response of the same length as the last one is not parsed, except for its status.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #received = 0;
  #length: number | undefined;
  #lastLength = 0;
  /** Gets the response in the chunks in which it came: joining a large one would cost more than reading it. */
  #onResponse: (chunks: readonly Buffer[]) => void = () => {};
  #onError: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#onError(error));
    socket.on("close", () => this.#onError(new Error("the server closed the connection")));
  }

  static open(address: Target["address"]): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ ...address, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends one request and resolves with its response. */
  async exchange(request: Buffer): Promise<RawResponse> {
    const response = await new Promise<Buffer>((resolve, reject) => {
      this.#onResponse = (chunks) => resolve(joined(chunks));
      this.#onError = reject;
      this.#socket.write(request);
    });
    const headEnd = response.indexOf(headEndMark);
    return { head: response.toString("latin1", 0, headEnd), body: response.subarray(headEnd + 4) };
  }

  /** Sends the same request repeatedly until `next` returns false; resolves then. Rejects on any status but 200. */
  repeat(request: Buffer, next: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onError = reject;
      this.#onResponse = (chunks) => {
        const start = chunks[0]!.length < ok.length ? joined(chunks) : chunks[0]!;
        if (!start.subarray(0, ok.length).equals(ok)) reject(new Error(start.toString("utf8", 0, 600)));
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
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    const isAsLast = this.#received === this.#lastLength;
    if (!isAsLast) {
      this.#length ??= lengthOf(joined(this.#chunks));
      if (this.#length === undefined || this.#received < this.#length) return;
    }
    const chunks = this.#chunks;
    // The length of a chunked response depends on how it was written.
    if (!isAsLast) this.#lastLength = isChunked(joined(chunks)) ? 0 : this.#received;
    this.#chunks = [];
    this.#received = 0;
    this.#length = undefined;
    this.#onResponse(chunks);
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** The length of the whole response in bytes; undefined while the bytes received do not determine it. */
function lengthOf(response: Buffer): number | undefined {
  const headEnd = response.indexOf(headEndMark);
  if (headEnd < 0) return undefined;
  const head = response.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return headEnd + headEndMark.length + Number(length);
  const isWhole = !isChunked(response) || response.subarray(-lastChunk.length).equals(lastChunk);
  return isWhole ? response.length : undefined;
}

function isChunked(response: Buffer): boolean {
  const head = response.toString("latin1", 0, response.indexOf(headEndMark));
  return /\r\ntransfer-encoding: chunked/i.test(head);
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
