import type { OAuthAnswer } from "../../src/oauth-client/oauth-answer.ts";
import type { McpAnswer } from "./mcp-request.ts";

// What a client saw, as one word: `done`; `cut` (no answer); `hang` (none within the bound); `redirect:<error>`;
// `rpc:<code>`; else the status, and an OAuth error after it.

export const withoutRetryAfter = "503 without Retry-After";
export const forgejosOwnFault = "a fault of Forgejo's own pages";

export function mcpSeen({ status, headers, message }: McpAnswer): string {
  if (status === 503 && headers["retry-after"] === undefined) return withoutRetryAfter;
  if (status === 401) {
    const error = /error="([^"]*)"/.exec(headers["www-authenticate"] ?? "")?.[1];
    return error === undefined ? "401" : `401 ${error}`;
  }
  if (status !== 200) return String(status);
  return message.error === undefined ? "done" : `rpc:${message.error.code}`;
}

export function tokensSeen({ status, headers, body }: OAuthAnswer): string {
  if (status === 200) return "done";
  if (status === 503 && !headers.has("retry-after")) return withoutRetryAfter;
  return `${status} ${String(body["error"])}`;
}

/** The connection broke, or there was none. */
export function isCut(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return /^(ECONN|EPIPE|ENOENT|EAGAIN|UND_ERR)/.test(code ?? cause?.code ?? "");
}

const passing: ReadonlySet<string> = new Set([
  "cut",
  "502",
  "503",
  "503 temporarily_unavailable",
  "rpc:-32000",
  "rpc:-32001",
  "rpc:-32603",
  forgejosOwnFault,
]);

/** A well-behaved client waits a little and tries again. */
export function isPassing(seen: string): boolean {
  return passing.has(seen);
}

/** A well-behaved client asks its person to log in anew. */
export function asksForLogin(step: string, seen: string): boolean {
  if (step === "exchange" || step === "refresh") return seen === "400 invalid_grant";
  // Of a callback whose state was used up, or a page of one.
  if (step === "callback" && seen === "400") return true;
  return seen === "redirect:temporarily_unavailable" || seen === "redirect:access_denied";
}
