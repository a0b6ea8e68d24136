import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { UserCheckResponse } from "@fjmcp/shared/ipc/user-check";
import type { Principal } from "../../auth/principal.ts";
import {
  type AccountBlockedError,
  accountSuspended,
  brokerMisconfigured,
  forgejoUnavailable,
  tokenRejected,
  type StartFailedError,
} from "../calls/call-errors.ts";
import type { CallError } from "../call.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { UserCheckSource } from "./user-check-source.ts";

interface UserChecksDeps {
  readonly check: UserCheckSource;
  /** The least time between two checks of one account that calls bring about. */
  readonly pauseMs: number;
  readonly events: WorkerEvents;
}

interface Account {
  /** On the clock of `performance.now()`: the start of the last check, and of the hour without one. */
  checkedAtMs: number;
  hourFromMs: number;
  running: Promise<UserCheckResponse | undefined> | undefined;
  /** The caller of the last call that failed. */
  failed: Principal | undefined;
  /** The check at the end of the pause. */
  timer: NodeJS.Timeout | undefined;
  /** Why all calls fail at the moment. */
  suspendedBy: AccountBlockedError | undefined;
  /** The grants whose calls fail because Forgejo rejects the application that they rest on. */
  readonly misconfigured: Map<GrantId, AccountBlockedError>;
}

const trafficCheckMs = 3600_000;
/** Beyond this many, the accounts that were added first are removed: their next error makes a check at once. */
const maxAccounts = 10_000;

/**
 * Notices that Forgejo has ended a user's access while a worker lives on: a child's error leads to a check of the user,
 * and so does an hour of traffic. The auth-server ends the grants of a user that Forgejo does not know any more; the
 * calls of one that Forgejo suspends fail here until a later check finds the user well, and those of a grant whose
 * application Forgejo rejects until a check finds that mended.
 */
export class UserChecks {
  readonly #deps: UserChecksDeps;
  readonly #accounts = new Map<AccountId, Account>();

  constructor(deps: UserChecksDeps) {
    this.#deps = deps;
  }

  /**
   * To be called for each call: the error with which it must fail, undefined for none. Starts a check when one is due,
   * and does not wait for it.
   */
  rejection(owner: Principal): AccountBlockedError | undefined {
    const account = this.#account(owner.accountId);
    const nowMs = performance.now();
    const blockedBy = blockOf(owner, account);
    const isDue =
      blockedBy === undefined
        ? nowMs - account.hourFromMs >= trafficCheckMs
        : nowMs - account.checkedAtMs >= this.#deps.pauseMs;
    if (isDue) void this.#check(owner, account);
    return blockedBy;
  }

  /** To be called after the client has got a child's error: checks now, or once at the end of the pause. */
  onChildError(owner: Principal): void {
    const account = this.#account(owner.accountId);
    // The newest: the grant of an earlier error may have ended meanwhile.
    account.failed = owner;
    if (account.timer !== undefined) return;
    const waitMs = Math.max(0, account.checkedAtMs + this.#deps.pauseMs - performance.now());
    account.timer = setTimeout(() => {
      account.timer = undefined;
      void this.#check(account.failed ?? owner, account);
    }, waitMs).unref();
  }

  /**
   * Why a child did not start, by a check now: an error that names Forgejo's part, or `error` when it is the program's
   * fault, nothing is known, or the signal aborts.
   */
  async explain(owner: Principal, error: StartFailedError, signal: AbortSignal): Promise<CallError> {
    if (error.isLocalFault) return error;
    const account = this.#account(owner.accountId);
    const response = await Promise.race([this.#check(owner, account), aborted(signal)]);
    switch (response?.status) {
      case "revoked":
        return tokenRejected();
      case "suspended":
      case "misconfigured":
        return blockOf(owner, account) ?? error;
      case "unavailable":
        return forgejoUnavailable(error.reference);
      default:
        return error;
    }
  }

  /** The auth-server's response to a request for a Forgejo token was this error. */
  block({ accountId, grantId }: Principal, error: AccountBlockedError): void {
    const account = this.#account(accountId);
    account.checkedAtMs = performance.now();
    if (error.status === "suspended") account.suspendedBy = error;
    else account.misconfigured.set(grantId, error);
  }

  /** The user has logged in anew. */
  clear(accountId: AccountId): void {
    clearTimeout(this.#accounts.get(accountId)?.timer);
    this.#accounts.delete(accountId);
  }

  #account(accountId: AccountId): Account {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= maxAccounts && oldest !== undefined) this.clear(oldest);
    const account: Account = {
      checkedAtMs: -Infinity,
      hourFromMs: performance.now(),
      running: undefined,
      failed: undefined,
      timer: undefined,
      suspendedBy: undefined,
      misconfigured: new Map(),
    };
    this.#accounts.set(accountId, account);
    return account;
  }

  /** Joins the check in progress. Undefined when there is no usable response. */
  #check(owner: Principal, account: Account): Promise<UserCheckResponse | undefined> {
    account.running ??= this.#run(owner, account).finally(() => (account.running = undefined));
    return account.running;
  }

  async #run(owner: Principal, account: Account): Promise<UserCheckResponse | undefined> {
    const { grantId, accountId } = owner;
    account.checkedAtMs = account.hourFromMs = performance.now();
    try {
      const response = await this.#deps.check(grantId);
      const wasBlocked = blockOf(owner, account) !== undefined;
      if (response.status === "ok") account.suspendedBy = undefined;
      if (response.status === "ok" || response.status === "revoked") account.misconfigured.delete(grantId);
      else if (response.status === "suspended") account.suspendedBy = accountSuspended(response.message);
      else if (response.status === "misconfigured") account.misconfigured.set(grantId, brokerMisconfigured());
      const { status } = response;
      if (status !== "ok" || wasBlocked) this.#deps.events.userChecked({ accountId, status });
      return response;
    } catch (error) {
      this.#deps.events.userCheckFailed({ accountId, err: error });
      return undefined;
    }
  }
}

function blockOf({ grantId }: Principal, account: Account): AccountBlockedError | undefined {
  return account.suspendedBy ?? account.misconfigured.get(grantId);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
