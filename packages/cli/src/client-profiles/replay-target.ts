import { jsonOf } from "@fjmcp/shared/json-of";
import type { Fetch, PublicRequest, PublicResponse } from "../http/public-client.ts";

/** The server that a profile is replayed against, and what stands on the side of its user. */
export interface ReplayTarget {
  readonly issuer: string;
  readonly fetch: Fetch;
  /** The same, but for a stream that does not end: resolves with the head. */
  readonly fetchHead: Fetch;
  /**
   * Opens the authorization URL in the user's browser. Resolves with the redirect to the client, or with undefined at
   * Forgejo's login page, where only a user could go on. Rejects when it gets to neither.
   */
  readonly browse: (authorizationUrl: string, redirectUri: string) => Promise<string | undefined>;
  readonly wait: (ms: number) => Promise<unknown>;
}

/** The last wait that a limit of the server may ask for, in seconds. */
const maxWaitSec = 120;

/** Waits once where the server's limits ask for it (RFC 6585 §4). */
export function respectingLimits(fetch: Fetch, wait: ReplayTarget["wait"]): Fetch {
  return async (url, options) => {
    const response = await fetch(url, options);
    const waitSec = Number(headerOf(response, "retry-after"));
    if (response.status !== 429 || !(waitSec > 0 && waitSec <= maxWaitSec)) return response;
    await wait(waitSec * 1000);
    return fetch(url, options);
  };
}

/** A header's value, in one line; empty when there is none. */
export function headerOf({ headers }: PublicResponse, name: string): string {
  return headers.get(name)?.join(", ") ?? "";
}

/** The object that a body holds; empty when it holds none. */
export function jsonMembersOf({ text }: PublicResponse): Readonly<Record<string, unknown>> {
  const value = jsonOf(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** A form as a request. */
export function formRequest(fields: URLSearchParams, headers: Record<string, string> = {}): PublicRequest {
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: fields.toString(),
  };
}
