// The least a bridge can do: node:http on a unix socket in front of one stdio child, bytes passed through, nothing
// parsed, no token looked at. The child answers in order, so the oldest waiting response takes the next line. With
// `spawn` as the second argument every `initialize` gets a child of its own, as a bridge without a pool does.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { type ServerResponse, createServer } from "node:http";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const [socketPath, mode] = process.argv.slice(2);
const headerOf = (length: number) => ({ "content-type": "application/json", "content-length": length });

class Pipe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ServerResponse[] = [];
  #parts: Buffer[] = [];
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
      this.#parts.push(chunk.subarray(start, end));
      start = end + 1;
      const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      this.#parts = [];
      const response = this.#waiting.shift();
      response?.writeHead(200, headerOf(line.length));
      response?.end(line);
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start));
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
server.listen(socketPath, () => process.stdout.write("ready\n"));
