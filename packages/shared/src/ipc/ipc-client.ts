import { Agent, request } from "node:http";
import type { z } from "zod";

/** The peer could not be reached, did not answer in time, or answered something that is not the contract's. */
export class IpcUnavailableError extends Error {
  constructor(path: string, options: { cause: unknown }) {
    super(`No usable answer to ${path} over IPC`, options);
    this.name = "IpcUnavailableError";
  }
}

// A connection per call: these are rare, and a peer that restarts leaves no stale one behind.
const agent = new Agent({ keepAlive: false });
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * POSTs `body` as JSON to `path` on the unix socket, or GETs it when there is no body, and answers with what the peer
 * said, checked against `schema`.
 * Throws IpcUnavailableError when there is no such answer within `timeoutMs`. The body is never part of an error.
 */
export async function callIpc<Schema extends z.ZodType>(call: {
  socketPath: string;
  path: string;
  body?: unknown;
  schema: Schema;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<z.infer<Schema>> {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  try {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const text = await ask(call.socketPath, call.path, body, signal);
    return call.schema.parse(parseJson(text));
  } catch (error) {
    throw new IpcUnavailableError(call.path, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the answer, which holds tokens.
    throw new Error("the answer is not JSON");
  }
}

function ask(
  socketPath: string,
  path: string,
  body: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        socketPath,
        path,
        method: body === undefined ? "GET" : "POST",
        signal,
        headers:
          body === undefined
            ? { host: "fjmcp" }
            : {
                host: "fjmcp",
                "content-type": "application/json",
                "content-length": Buffer.byteLength(body),
              },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) incoming.destroy(new Error("answer too large"));
          chunks.push(chunk);
        });
        incoming.on("error", reject);
        incoming.on("end", () => {
          if (incoming.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
          else reject(new Error(`status ${incoming.statusCode}`));
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
