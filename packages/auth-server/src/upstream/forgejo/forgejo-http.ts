import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";

const maxAnswerBytes = 1024 * 1024;

/** A whole answer below 500 that was no redirect. */
export interface ForgejoAnswer {
  readonly status: number;
  /** The parsed JSON body; undefined when it was something else. */
  readonly json: unknown;
}

/**
 * One call of Forgejo: bounded in time and size, redirects never followed (a token must not travel with them). Rejects
 * with UpstreamUnavailableError on a network fault, time-out, redirect, 429, 5xx or an oversized answer. Neither the
 * request nor the answer is part of the error.
 */
export async function requestForgejo(
  url: string,
  call: {
    method: "GET" | "POST";
    headers: Record<string, string>;
    body?: URLSearchParams;
    timeoutMs: number;
  },
): Promise<ForgejoAnswer> {
  const path = new URL(url).pathname;
  const { timeoutMs, ...init } = call;
  try {
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readBounded(response);
    const { status } = response;
    if (status < 500 && status !== 429 && !(status >= 300 && status < 400)) {
      return { status, json: parsed(text) };
    }
    throw new Error(`status ${status}`);
  } catch (cause) {
    throw new UpstreamUnavailableError(`Forgejo gave no usable answer at ${path}`, { cause });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the body and closes the connection.
    if (bytes > maxAnswerBytes) throw new Error("answer too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
