import { type Socket, createConnection } from "node:net";

/** The head as text (status line and headers), and the body's bytes as they came. */
export interface Answer {
  readonly head: string;
  readonly body: Buffer;
}

const headEndMark = Buffer.from("\r\n\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");
const ok = Buffer.from("HTTP/1.1 200 ");

/**
 * One HTTP/1.1 keep-alive connection that costs the generator as little as possible: requests are ready-made bytes, and
 * an answer as long as the last one is not looked at but for its status.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #received = 0;
  #length: number | undefined;
  #lastLength = 0;
  #answered: (answer: Buffer) => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#failed(new Error("the server closed the connection")));
  }

  static open(socketPath: string): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ path: socketPath });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends one request and resolves with its answer. */
  async exchange(request: Buffer): Promise<Answer> {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
    const headEnd = answer.indexOf(headEndMark);
    return { head: answer.toString("latin1", 0, headEnd), body: answer.subarray(headEnd + 4) };
  }

  /** Sends the same request again and again until `next` says no; resolves then. Rejects on an answer that is no 200. */
  repeat(request: Buffer, next: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      this.#answered = (answer) => {
        if (!answer.subarray(0, ok.length).equals(ok)) reject(new Error(answer.toString("utf8", 0, 600)));
        else if (next()) this.#socket.write(request);
        else resolve();
      };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received !== this.#lastLength) {
      this.#length ??= lengthOf(this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks));
      if (this.#length === undefined || this.#received < this.#length) return;
    }
    const answer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#lastLength = this.#received;
    this.#received = 0;
    this.#length = undefined;
    this.#answered(answer);
  }
}

/** The length of a whole answer in bytes, as far as what has come of it tells. */
function lengthOf(answer: Buffer): number | undefined {
  const headEnd = answer.indexOf(headEndMark);
  if (headEnd < 0) return undefined;
  const head = answer.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return headEnd + headEndMark.length + Number(length);
  const isWhole =
    !/\r\ntransfer-encoding: chunked/i.test(head) || answer.subarray(-lastChunk.length).equals(lastChunk);
  return isWhole ? answer.length : undefined;
}

/** The bytes of a POST of `body` to `/mcp`. */
export function mcpPost(body: string, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries({
    host: "127.0.0.1",
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST /mcp HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}
