import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@fjmcp/shared/clock";
import type { Log } from "@fjmcp/shared/log";
import { connectionEnded, tokenRejected, upstreamUnavailable } from "../calls/call-errors.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";

export interface UpstreamToken {
  readonly token: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

const retryEveryMs = 250;
/** With no patience at all: somebody else serves meanwhile, and calls wait to see where they go. */
const shortAnswerMs = 2_000;

/**
 * The Forgejo token for a new worker. While the auth-server can not be reached (it may be restarting) it is asked
 * again until `patienceMs` have passed; with none it gets two seconds to answer. Rejects with CallError.
 */
export async function fetchUpstreamToken(
  source: UpstreamTokenSource,
  accessToken: string,
  patienceMs: number,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<UpstreamToken> {
  const response = await ask(source, accessToken, patienceMs, log, signal);
  if (signal.aborted) throw connectionEnded();
  if (response.status === "unavailable") throw upstreamUnavailable(response.retryAfterSec);
  if (response.status !== "ok") throw tokenRejected();
  const expiresAtMs = response.expiresAtSec * 1000;
  if (expiresAtMs <= clock()) throw upstreamUnavailable(5);
  return { token: response.token, issuedAtMs: response.issuedAtSec * 1000, expiresAtMs };
}

async function ask(
  source: UpstreamTokenSource,
  accessToken: string,
  patienceMs: number,
  log: Log,
  signal: AbortSignal,
) {
  const giveUpAtMs = performance.now() + patienceMs;
  const bounded = patienceMs > 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(shortAnswerMs)]);
  for (;;) {
    try {
      return await source(accessToken, bounded);
    } catch (error) {
      if (signal.aborted) throw connectionEnded();
      if (performance.now() + retryEveryMs > giveUpAtMs) {
        log.warn({ err: error }, "the auth-server gave no upstream token");
        throw upstreamUnavailable(5, error);
      }
      await delay(retryEveryMs);
    }
  }
}
