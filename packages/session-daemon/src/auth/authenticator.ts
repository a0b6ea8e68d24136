import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId, Hash } from "@fjmcp/shared/ids";
import { sessionRecord, type SessionRecord } from "@fjmcp/shared/session-record";
import { parseRecord } from "@fjmcp/shared/parse-record";
import { singleFlight } from "@fjmcp/shared/single-flight";
import {
  accessTokenRecord,
  verifyAccessToken,
  type TokenError,
} from "@fjmcp/shared/oauth/access-token-record";
import { bearerToken } from "./bearer-token.ts";
import type { AuthenticatedCaller, Principal } from "./principal.ts";
import { toolAccess, type ToolAccess } from "../policy/tool-access.ts";
import type { AuthRecords } from "./auth-records.ts";
import type { GenerationalCache } from "./generational-cache.ts";
import type { PairMap } from "./pair-map.ts";

/** A session that the caller may use. */
export interface CallerSession {
  readonly hash: Hash;
  readonly record: SessionRecord;
}

export interface Authenticated {
  readonly caller: AuthenticatedCaller;
  /** The caller without the token, for what outlives the request. */
  readonly owner: Principal;
  /** What it may use. */
  readonly access: ToolAccess;
  /**
   * Undefined when the request names none, one that does not exist, or another account's: a client cannot tell which.
   */
  readonly session: CallerSession | undefined;
  /** When the access token expires. */
  readonly expiresAtMs: number;
}

/**
 * Makes the session belong to another grant of its account, which uses it now. Resolves with undefined when either has
 * ended meanwhile; rejects with StoreUnavailableError.
 */
export type SessionTakeover = (session: CallerSession, by: Principal) => Promise<CallerSession | undefined>;

/** Undefined: the request has no access token. */
export type AuthenticationResult = Authenticated | TokenError | undefined;

/** By Authorization header and session id, "" for none. Contains only full successes. */
export type AuthenticationCache = GenerationalCache<Authenticated>;

interface AuthenticatorDeps {
  readonly records: AuthRecords;
  /** To be cleared when a grant or a session ends, and when `records` reports a change. */
  readonly cache: AuthenticationCache;
  /** The audience that tokens must have. */
  readonly resource: string;
  readonly clock: Clock;
  readonly takeOver: SessionTakeover;
  /** Called when a session is used, though not on cache hits. */
  readonly onSessionUsed: (session: CallerSession, caller: AuthenticatedCaller) => void;
  /** Called when a token is verified, though not on cache hits. */
  readonly onVerified: (owner: Principal, access: ToolAccess, issuedAtSec: number) => void;
}

/**
 * Authenticates a request by its access token (RFC 6750 §2.1) and looks up the session that it names, in one round trip
 * to the store or from a cache (docs/adr/0006).
 */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #refresh = singleFlight(
    (_key: string, entries: PairMap<Authenticated>, authorization: string, sessionId: string | undefined) =>
      this.#refreshEntry(entries, authorization, sessionId),
  );

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
  }

  /**
   * A cache hit returns at once, without a promise. In the second TTL of an entry it still does, and a refresh runs in
   * the background. Rejects with StoreUnavailableError.
   */
  authenticate(
    authorization: string | undefined,
    sessionId: string | undefined,
  ): AuthenticationResult | Promise<AuthenticationResult> {
    if (authorization === undefined) return undefined;
    const { cache, records } = this.#deps;
    if (!records.invalidatesCache) return this.#verify(authorization, sessionId);
    const entries = cache.current();
    const cached = entries.get(authorization, sessionId ?? "");
    if (cached !== undefined) return cached;
    // A lookup of an earlier generation is not shared: it may have read before the cache was cleared.
    const key = `${cache.generation}\n${sessionId ?? ""}\n${authorization}`;
    const refreshed = this.#refresh(key, entries, authorization, sessionId);
    const previous = cache.previous.get(authorization, sessionId ?? "");
    if (previous === undefined) return refreshed;
    // A failure removes the previous entry: the next request meets it.
    refreshed.catch(() => undefined);
    return previous;
  }

  /** Verifies the request and caches a full success. Anything else leaves no entry behind, not even the header. */
  async #refreshEntry(
    entries: PairMap<Authenticated>,
    authorization: string,
    sessionId: string | undefined,
  ): Promise<AuthenticationResult> {
    let result: AuthenticationResult = undefined;
    try {
      result = await this.#verify(authorization, sessionId);
      return result;
    } finally {
      if (this.#isCacheable(result, sessionId)) entries.set(authorization, sessionId ?? "", result);
      else this.#deps.cache.previous.delete(authorization, sessionId ?? "");
    }
  }

  async #verify(authorization: string, sessionId: string | undefined): Promise<AuthenticationResult> {
    const { clock, onSessionUsed, onVerified, records, resource, takeOver } = this.#deps;
    const accessToken = bearerToken(authorization);
    if (accessToken === undefined) return undefined;
    const hash = sessionId === undefined ? undefined : sha256Hex(sessionId);
    const stored = await records.read(sha256Hex(accessToken), hash);
    const token = verifyAccessToken(parseRecord(accessTokenRecord, stored.token), resource, clock() / 1000);
    if (typeof token === "string") return token;
    const { grantId, accountId, clientId, exp, iat } = token;
    const owner = { grantId, accountId, clientId };
    const access = toolAccess(token);
    onVerified(owner, access, iat);
    let session = hash === undefined ? undefined : sessionOf(hash, stored.session, accountId);
    if (session !== undefined && session.record.grantId !== grantId) session = await takeOver(session, owner);
    const caller = { ...owner, accessToken };
    if (session !== undefined) onSessionUsed(session, caller);
    return { caller, owner, access, session, expiresAtMs: exp * 1000 };
  }

  /** Only a result with every record that the request names, and whose token does not expire while it is cached. */
  #isCacheable(result: AuthenticationResult, sessionId: string | undefined): result is Authenticated {
    if (typeof result !== "object") return false;
    const isComplete = result.session !== undefined || sessionId === undefined;
    return isComplete && result.expiresAtMs > this.#deps.clock() + 2 * this.#deps.cache.ttlMs;
  }
}

/** The session, if it is the account's. */
function sessionOf(
  hash: Hash,
  recordText: string | undefined,
  accountId: AccountId,
): CallerSession | undefined {
  const record = parseRecord(sessionRecord, recordText);
  return record?.accountId === accountId ? { hash, record } : undefined;
}
