// The minimal bridge, as a baseline: node:http on a unix socket or a loopback port, the first argument, in front of one stdio
// child. It forwards bytes without parsing them and checks no token. The child responds in order, so each line goes to the
// oldest waiting response. With `spawn` as the second argument every `initialize` gets a child of its own, as in a bridge
// without a pool.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const [address = "", mode] = process.argv.slice(2);
const port = Number.parseInt(address);
const headerOf = (length: number) => ({ "content-type": "application/json", "content-length": length });
const notification = Buffer.from('{"jsonrpc":"2.0","method":');
const eventStart = Buffer.from("event: message\ndata: ");
const eventEnd = Buffer.from("\n\n");

class Pipe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ServerResponse[] = [];
  #chunks: Buffer[] = [];
  #corked = false;

  constructor() {
    this.#child = spawn("perl", [join(import.meta.dirname, "echo-child.pl")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  send(body: Buffer, response: ServerResponse): void {
    this.#waiting.push(response);
    const { stdin } = this.#child;
    if (!this.#corked) {
      this.#corked = true;
      stdin.cork();
      setImmediate(() => {
        this.#corked = false;
        stdin.uncork();
      });
    }
    stdin.write(body);
    stdin.write("\n");
  }

  end(): void {
    this.#child.stdin.end();
  }

  #read(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#chunks.push(chunk.subarray(start, end));
      start = end + 1;
      const line = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#forward(line);
    }
    if (start < chunk.length) this.#chunks.push(chunk.subarray(start));
  }

  /** A notification makes the oldest waiting response an event stream. */
  #forward(line: Buffer): void {
    const isNotification = line.subarray(0, notification.length).equals(notification);
    const response = isNotification ? this.#waiting[0] : this.#waiting.shift();
    if (response === undefined) return;
    if (isNotification && !response.headersSent) {
      response.writeHead(200, { "content-type": "text/event-stream" });
    }
    if (!response.headersSent) {
      response.writeHead(200, headerOf(line.length));
      response.end(line);
      return;
    }
    response.write(Buffer.concat([eventStart, line, eventEnd]));
    if (!isNotification) response.end();
  }
}

const shared = new Pipe();
let own: Pipe | undefined;

function pipeFor(body: Buffer): Pipe {
  if (mode !== "spawn") return shared;
  if (body.includes('"method":"initialize"')) {
    own?.end();
    own = new Pipe();
  }
  return own ?? shared;
}

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    pipeFor(body).send(body, response);
  });
});
server.listen(Number.isNaN(port) ? { path: address } : { host: "127.0.0.1", port }, () =>
  process.stdout.write("ready\n"),
);
