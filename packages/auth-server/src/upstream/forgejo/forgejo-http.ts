import { jsonOf } from "@fjmcp/shared/json-of";
import { userAgent } from "@fjmcp/shared/user-agent";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";

const maxResponseBytes = 1024 * 1024;

/** A complete response with a status below 500 that is neither a redirect nor 429. */
export interface ForgejoResponse {
  readonly status: number;
  /** The parsed body; undefined when it was not JSON. */
  readonly json: unknown;
}

/**
 * Sends one request to Forgejo, bounded in time and size. Redirects are never followed, so that no token travels with
 * them. Rejects with UpstreamUnavailableError on a network error, timeout, redirect, 429, 5xx or an oversized response;
 * the error holds nothing of the request or the response.
 */
export async function requestForgejo(
  url: string,
  call: {
    method: "GET" | "POST";
    headers: Record<string, string>;
    body?: URLSearchParams;
    timeoutMs: number;
  },
): Promise<ForgejoResponse> {
  const path = new URL(url).pathname;
  const { timeoutMs, headers, ...init } = call;
  try {
    const response = await fetch(url, {
      ...init,
      headers: { ...headers, "user-agent": userAgent },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readBounded(response);
    const { status } = response;
    if (status < 500 && status !== 429 && !(status >= 300 && status < 400)) {
      return { status, json: jsonOf(text) };
    }
    throw new Error(`status ${status}`);
  } catch (cause) {
    throw new UpstreamUnavailableError(`Forgejo gave no usable response at ${path}`, { cause });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the body and closes the connection.
    if (bytes > maxResponseBytes) throw new Error("response too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
