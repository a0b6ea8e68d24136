import type { Log } from "@fjmcp/shared/log";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import type { Principal } from "./auth/principal.ts";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";

/** What the log says of sessions and requests: who and what, never a message, a header or a query. */
export class Events {
  /** Whether anybody wants to know of `requestAnswered`: it comes once for each request. */
  readonly wantsRequests: boolean;
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
    this.wantsRequests = log.isLevelEnabled("debug");
  }

  /** `path` is without its query. */
  requestAnswered(request: { method: string | undefined; path: string; status: number }): void {
    this.#log.debug(request, "request answered");
  }

  sessionOpened(owner: Principal, { protocolVersion }: SessionRecord): void {
    this.#log.info({ ...ids(owner), protocolVersion }, "session opened");
  }

  sessionClosed(owner: Principal): void {
    this.#log.info(ids(owner), "session ended by its client");
  }

  /** `by` is who asked: the auth-server or an administrator over the control socket, or the sweep. */
  accessEnded(by: "control" | "sweep", ended: Record<string, unknown>): void {
    this.#log.info({ by, ...ended }, "access ended");
  }

  /** `reference` is what the client was told. */
  requestFailed(reference: string, error: unknown): void {
    if (error instanceof StoreUnavailableError)
      this.#log.warn({ reference, ...causeOf(error) }, error.message);
    else this.#log.error({ reference, err: error }, "request failed");
  }

  backgroundTaskFailed(task: string, error: unknown): void {
    // That Redis is away has been said once already.
    if (error instanceof StoreUnavailableError) this.#log.debug({ task, ...causeOf(error) }, error.message);
    else this.#log.warn({ task, err: error }, "background task failed; it runs again later");
  }
}

function ids({ grantId, accountId, clientId }: Principal) {
  return { grantId, accountId, clientId };
}

function causeOf({ cause }: StoreUnavailableError) {
  return { cause: cause instanceof Error ? cause.message : undefined };
}
