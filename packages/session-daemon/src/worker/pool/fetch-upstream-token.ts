import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import {
  accountSuspended,
  brokerMisconfigured,
  connectionEnded,
  tokenRejected,
  upstreamUnavailable,
} from "../calls/call-errors.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { UpstreamToken } from "../upstream-token.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";

interface FetchUpstreamTokenDeps {
  readonly upstreamTokens: UpstreamTokenSource;
  readonly clock: Clock;
}

interface FetchUpstreamTokenRequest {
  /** The plaintext access token of the request that is being served. */
  readonly accessToken: string;
  /** How long the auth-server is asked again while it cannot be reached; 0: one attempt of at most two seconds. */
  readonly retryTimeoutMs: number;
  readonly events: WorkerEvents;
  readonly signal: AbortSignal;
}

const retryEveryMs = 250;
/** Without retries another worker serves meanwhile, and calls wait until it is clear which worker they run on. */
const singleAttemptTimeoutMs = 2_000;

/**
 * The Forgejo token for a new worker. While the auth-server cannot be reached (it may be restarting), the request is
 * repeated for `retryTimeoutMs`. Rejects with CallError, on an aborted signal too.
 */
export async function fetchUpstreamToken(
  deps: FetchUpstreamTokenDeps,
  request: FetchUpstreamTokenRequest,
): Promise<UpstreamToken> {
  const response = await requestToken(deps, request);
  if (request.signal.aborted) throw connectionEnded();
  if (response.status === "unavailable") throw upstreamUnavailable(response.retryAfterSec);
  if (response.status === "suspended") throw accountSuspended(response.message);
  if (response.status === "misconfigured") throw brokerMisconfigured(response.fault);
  if (response.status !== "ok") throw tokenRejected();
  const expiresAtMs = response.expiresAtSec * 1000;
  if (expiresAtMs <= deps.clock()) throw upstreamUnavailable();
  const { token, issuedAtSec, clientName } = response;
  return { token, issuedAtMs: issuedAtSec * 1000, expiresAtMs, clientName };
}

async function requestToken(
  { upstreamTokens }: FetchUpstreamTokenDeps,
  { accessToken, retryTimeoutMs, events, signal }: FetchUpstreamTokenRequest,
): Promise<UpstreamTokenResponse> {
  const retryUntilMs = performance.now() + retryTimeoutMs;
  const attempt =
    retryTimeoutMs > 0 ? signal : AbortSignal.any([signal, AbortSignal.timeout(singleAttemptTimeoutMs)]);
  for (;;) {
    try {
      return await upstreamTokens(accessToken, attempt);
    } catch (error) {
      if (signal.aborted) throw connectionEnded();
      if (performance.now() + retryEveryMs > retryUntilMs) {
        events.upstreamTokenUnavailable({ err: error });
        throw upstreamUnavailable(undefined, error);
      }
      await sleep(retryEveryMs);
    }
  }
}
