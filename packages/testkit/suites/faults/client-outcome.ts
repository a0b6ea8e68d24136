import type { OAuthResponse } from "../../src/oauth-client/oauth-request.ts";
import type { McpResponse } from "./mcp-request.ts";

// The outcome of a client's step, as one word: `done`; `cut` (the connection broke); `hang` (no response within the
// timeout); `redirect:<error>`; `rpc:<code>`; otherwise the status, followed by the OAuth error if there is one.

export const withoutRetryAfter = "503 without Retry-After";
export const forgejoPageFault = "an error on Forgejo's own pages";

export function mcpOutcome({ status, headers, message }: McpResponse): string {
  if (status === 503 && headers["retry-after"] === undefined) return withoutRetryAfter;
  if (status === 401) {
    const error = /error="([^"]*)"/.exec(headers["www-authenticate"] ?? "")?.[1];
    return error === undefined ? "401" : `401 ${error}`;
  }
  if (status !== 200) return String(status);
  return message.error === undefined ? "done" : `rpc:${message.error.code}`;
}

export function tokenOutcome({ status, headers, body }: OAuthResponse): string {
  if (status === 200) return "done";
  if (status === 503 && !headers.has("retry-after")) return withoutRetryAfter;
  return `${status} ${String(body.error)}`;
}

/** True when the connection broke or could not be opened. */
export function isDisconnect(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return /^(ECONN|EPIPE|ENOENT|EAGAIN|UND_ERR)/.test(code ?? cause?.code ?? "");
}

const transient: ReadonlySet<string> = new Set([
  "cut",
  "502",
  "503",
  "503 temporarily_unavailable",
  "rpc:-32000",
  "rpc:-32001",
  "rpc:-32603",
  forgejoPageFault,
]);

/** True when a well-behaved client waits briefly and retries. */
export function isTransient(outcome: string): boolean {
  return transient.has(outcome);
}

/** True when a well-behaved client asks its user to log in again. */
export function requiresLogin(step: string, outcome: string): boolean {
  if (step === "exchange" || step === "refresh") return outcome === "400 invalid_grant";
  // The state of this callback has been used already.
  if (step === "callback" && (outcome === "400" || outcome === "403")) return true;
  return outcome === "redirect:temporarily_unavailable";
}
