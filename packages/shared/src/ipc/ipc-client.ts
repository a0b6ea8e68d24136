import { Agent, request } from "node:http";
import type { z } from "zod";

/** The peer could not be reached, did not respond in time, or sent a response that does not match the schema. */
export class IpcUnavailableError extends Error {
  constructor(path: string, options: { cause: unknown }) {
    super(`No valid response to ${path} over IPC`, options);
    this.name = "IpcUnavailableError";
  }
}

/** The cause of an IpcUnavailableError when the peer has responded with another status than 200. */
export class IpcStatusError extends Error {
  override readonly name = "IpcStatusError";
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

// One connection per call: calls are rare, and a restarted peer leaves no stale connection behind.
const agent = new Agent({ keepAlive: false });
const maxResponseBytes = 4 * 1024 * 1024;

/**
 * POSTs `body` as JSON to `path` on the unix socket, or sends a GET when `body` is undefined, and resolves with the
 * response parsed by `schema`. Throws IpcUnavailableError when there is no such response within `timeoutMs`. Neither
 * body is ever part of an error.
 */
export async function callIpc<Schema extends z.ZodType>(call: {
  socketPath: string;
  path: string;
  body?: unknown;
  schema: Schema;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<z.infer<Schema>> {
  const text = await requestIpc(call);
  try {
    return call.schema.parse(parseJson(text));
  } catch (error) {
    throw new IpcUnavailableError(call.path, { cause: error });
  }
}

/** As `callIpc`, for a response of any text. */
export async function requestIpc(call: {
  socketPath: string;
  path: string;
  body?: unknown;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<string> {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  try {
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return await send(call.socketPath, call.path, body, signal);
  } catch (error) {
    const cause = timeout.aborted ? new Error(`no response within ${call.timeoutMs / 1000} s`) : error;
    throw new IpcUnavailableError(call.path, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the response, which holds tokens.
    throw new Error("the response is not JSON");
  }
}

function send(
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
          if (bytes > maxResponseBytes) incoming.destroy(new Error("response too large"));
          chunks.push(chunk);
        });
        incoming.on("error", reject);
        incoming.on("end", () => {
          if (incoming.statusCode === 200) resolve(Buffer.concat(chunks).toString("utf8"));
          else reject(new IpcStatusError(incoming.statusCode!));
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
