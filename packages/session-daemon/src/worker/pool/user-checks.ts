import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { UserCheckResponse } from "@fjmcp/shared/ipc/user-check";
import type { Principal } from "@fjmcp/shared/principal";
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
  /** The least time between two checks for errors of one account, and between two that could lift one block. */
  readonly pauseMs: number;
  readonly events: WorkerEvents;
}

/** Why calls fail at the moment. */
interface Block {
  readonly error: AccountBlockedError;
  /** On the clock of `performance.now()`: the start of the last check that could have lifted it. */
  checkedAtMs: number;
}

/** A grant that is being checked or blocked. */
interface Grant {
  readonly owner: Principal;
  running: Promise<UserCheckResponse | undefined> | undefined;
  /** Forgejo rejects the application that the grant rests on. */
  block: Block | undefined;
}

interface Account {
  /** On the clock of `performance.now()`: the start of the last check, and of the hour without one. */
  checkedAtMs: number;
  hourFromMs: number;
  /** The last error of each grant since its last check, the newest at the end. */
  readonly failed: Map<GrantId, { readonly owner: Principal }>;
  /** The check at the end of the pause. */
  timer: NodeJS.Timeout | undefined;
  /** Forgejo does not serve the user, whatever the grant. */
  suspension: Block | undefined;
  readonly grants: Map<GrantId, Grant>;
}

const trafficCheckMs = 3600_000;
/** Beyond this many, the accounts that were added first are removed: their next error makes a check at once. */
const maxAccounts = 10_000;

/**
 * Notices that Forgejo has ended a user's access while a worker lives on: a child's error leads to a check of the user,
 * and so does an hour of traffic. The auth-server ends the grants of a user that Forgejo does not know any more; the
 * calls of one that Forgejo suspends fail here until a later check finds the user well, and those of a grant whose
 * application Forgejo rejects until a check of this grant finds that mended: what a check finds holds for the application
 * that its grant rests on.
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
    const block = blockOf(owner, account);
    const isDue =
      block === undefined
        ? nowMs - account.hourFromMs >= trafficCheckMs
        : nowMs - block.checkedAtMs >= this.#deps.pauseMs;
    if (isDue) void this.#check(owner, account);
    return block?.error;
  }

  /** To be called after the client has got a child's error: checks now, or once at the end of the pause. */
  onChildError(owner: Principal): void {
    const account = this.#account(owner.accountId);
    account.failed.delete(owner.grantId);
    account.failed.set(owner.grantId, { owner });
    if (account.timer !== undefined) return;
    const waitMs = Math.max(0, account.checkedAtMs + this.#deps.pauseMs - performance.now());
    account.timer = setTimeout(() => {
      account.timer = undefined;
      void this.#checkFailed(account);
    }, waitMs).unref();
  }

  /**
   * Why a child did not start, by a check now: an error that names Forgejo's part, or `error` when it is the program's
   * fault, nothing is known, or the signal aborts.
   */
  async explain(owner: Principal, error: StartFailedError, signal: AbortSignal): Promise<CallError> {
    if (error.isLocalFault) return error;
    const settled = new AbortController();
    const check = this.#check(owner, this.#account(owner.accountId));
    const response = await Promise.race([check, aborted(signal, settled.signal)]);
    settled.abort();
    switch (response?.status) {
      case "revoked":
        return tokenRejected();
      case "suspended":
        return accountSuspended(response.message);
      case "misconfigured":
        return brokerMisconfigured(response.fault);
      case "unavailable":
        return forgejoUnavailable(error.reference);
      default:
        return error;
    }
  }

  /** The auth-server's response to a request for a Forgejo token was this error. */
  block(owner: Principal, error: AccountBlockedError): void {
    const account = this.#account(owner.accountId);
    const block = { error, checkedAtMs: performance.now() };
    if (error.status === "suspended") account.suspension = block;
    else grantOf(owner, account).block = block;
  }

  /** The user has logged in anew, which replaced the Forgejo tokens that these grants rest on. */
  renew(accountId: AccountId, grants: readonly GrantId[]): void {
    const account = this.#accounts.get(accountId);
    if (account === undefined) return;
    account.suspension = undefined;
    for (const grantId of grants) {
      account.grants.delete(grantId);
      account.failed.delete(grantId);
    }
  }

  /** The grants that match have ended. */
  end(matches: (owner: Principal) => boolean): void {
    for (const { grants, failed } of this.#accounts.values()) {
      for (const { owner } of grants.values()) if (matches(owner)) grants.delete(owner.grantId);
      for (const { owner } of failed.values()) if (matches(owner)) failed.delete(owner.grantId);
    }
  }

  #account(accountId: AccountId): Account {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= maxAccounts && oldest !== undefined) this.#remove(oldest);
    const account: Account = {
      checkedAtMs: -Infinity,
      hourFromMs: performance.now(),
      failed: new Map(),
      timer: undefined,
      suspension: undefined,
      grants: new Map(),
    };
    this.#accounts.set(accountId, account);
    return account;
  }

  #remove(accountId: AccountId): void {
    clearTimeout(this.#accounts.get(accountId)?.timer);
    this.#accounts.delete(accountId);
  }

  /**
   * One check for all that failed, by the newest: the grant of an earlier error may have ended meanwhile. The response also
   * names those that rest on another application, which Forgejo rejects.
   */
  async #checkFailed(account: Account): Promise<void> {
    const errors = [...account.failed];
    const newest = errors.at(-1)?.[1].owner;
    if (newest === undefined) return;
    const response = await this.#check(newest, account);
    for (const [grantId, error] of errors) {
      // Else the grant has ended, or a later error of it waits for a check.
      if (account.failed.get(grantId) !== error) continue;
      account.failed.delete(grantId);
      if (response?.misconfigured?.includes(grantId) !== true) continue;
      grantOf(error.owner, account).block = {
        error: brokerMisconfigured(),
        checkedAtMs: account.checkedAtMs,
      };
    }
  }

  /** Joins the check of the grant in progress. Undefined when there is no usable response. */
  #check(owner: Principal, account: Account): Promise<UserCheckResponse | undefined> {
    const grant = grantOf(owner, account);
    grant.running ??= this.#run(grant, account).finally(() => {
      grant.running = undefined;
      if (grant.block === undefined && isKept(grant, account)) account.grants.delete(owner.grantId);
    });
    return grant.running;
  }

  async #run(grant: Grant, account: Account): Promise<UserCheckResponse | undefined> {
    const { accountId, grantId } = grant.owner;
    const nowMs = performance.now();
    account.checkedAtMs = account.hourFromMs = nowMs;
    const block = blockOf(grant.owner, account);
    if (block !== undefined) block.checkedAtMs = nowMs;
    try {
      const response = await this.#deps.check(grantId);
      const { status } = response;
      if (status !== "ok" || blockOf(grant.owner, account) !== undefined)
        this.#deps.events.userChecked({ accountId, status });
      // Else the grant has ended or got new Forgejo tokens meanwhile.
      if (isKept(grant, account)) apply(response, nowMs, grant, account);
      return response;
    } catch (error) {
      this.#deps.events.userCheckFailed({ accountId, err: error });
      return undefined;
    }
  }
}

/** The block of the grant before that of the account: only checks of the grant can lift it. */
function blockOf({ grantId }: Principal, account: Account): Block | undefined {
  return account.grants.get(grantId)?.block ?? account.suspension;
}

function grantOf(owner: Principal, account: Account): Grant {
  const { accountId, clientId, grantId } = owner;
  const known = account.grants.get(grantId);
  if (known !== undefined) return known;
  // Without the access token that a caller has.
  const grant = { owner: { accountId, clientId, grantId }, running: undefined, block: undefined };
  account.grants.set(grantId, grant);
  return grant;
}

function isKept(grant: Grant, account: Account): boolean {
  return account.grants.get(grant.owner.grantId) === grant;
}

function apply(response: UserCheckResponse, checkedAtMs: number, grant: Grant, account: Account): void {
  switch (response.status) {
    case "ok":
      account.suspension = grant.block = undefined;
      break;
    case "revoked":
      grant.block = undefined;
      break;
    case "suspended":
      account.suspension = { error: accountSuspended(response.message), checkedAtMs };
      break;
    case "misconfigured":
      grant.block = { error: brokerMisconfigured(response.fault), checkedAtMs };
      break;
    case "unavailable":
  }
}

/** Listens until `settled` aborts: the signal may live for much longer. */
function aborted(signal: AbortSignal, settled: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: settled });
  });
}
