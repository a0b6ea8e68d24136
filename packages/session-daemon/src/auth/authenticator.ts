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
import type { AuthenticatedCaller } from "./authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
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

/** A token that was verified, and what it allows. */
export interface VerifiedToken {
  readonly hash: Hash;
  readonly access: ToolAccess;
  readonly issuedAtSec: number;
}

/** A request that is being verified. */
interface Lookup {
  readonly session: Hash | undefined;
  /** False once its session has changed. */
  isCurrent: boolean;
}

interface AuthenticatorDeps {
  readonly records: AuthRecords;
  /** To be cleared when a grant or a session ends, and when `records` reports a change. */
  readonly cache: AuthenticationCache;
  /** The audience that tokens must have. */
  readonly resource: string;
  readonly clock: Clock;
  readonly takeOver: SessionTakeover;
  /** Called when a session is used, though not on cache hits. */
  readonly onSessionUsed: (session: CallerSession, caller: AuthenticatedCaller, access: ToolAccess) => void;
  /** Called when a request uses a token, though not on cache hits. */
  readonly onUsed: (owner: Principal) => void;
  /** Called when a token is verified, though not on cache hits. */
  readonly onVerified: (owner: Principal, token: VerifiedToken) => void;
}

/**
 * Authenticates a request by its access token (RFC 6750 §2.1) and looks up the session that it names, in one round trip
 * to the store or from a cache (docs/adr/0006).
 */
export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #lookups = new Set<Lookup>();
  /** A lookup that began before an invalidation is not shared with later requests. */
  #invalidations = 0;
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
    if (!records.invalidatesCache) return this.#verify(authorization, hashOf(sessionId));
    const entries = cache.current();
    const cached = entries.get(authorization, sessionId ?? "");
    if (cached !== undefined) return cached;
    // A lookup of an earlier generation is not shared: it may have read before the cache was cleared.
    const key = `${cache.generation} ${this.#invalidations}\n${sessionId ?? ""}\n${authorization}`;
    const refreshed = this.#refresh(key, entries, authorization, sessionId);
    const previous = cache.previous.get(authorization, sessionId ?? "");
    if (previous === undefined) return refreshed;
    // A failure removes the previous entry: the next request meets it.
    refreshed.catch(() => undefined);
    return previous;
  }

  /**
   * To be called before a session is stored that a request with this header opens, and the result once it is stored: the first
   * request of the session needs no lookup then. That does nothing when something has changed meanwhile.
   */
  beforeSession(authorization: string | undefined): (sessionId: string, session: CallerSession) => void {
    const { cache, records } = this.#deps;
    const entries = cache.current();
    const isUsable = authorization !== undefined && records.invalidatesCache;
    const opener = isUsable ? entries.get(authorization, "") : undefined;
    if (!isUsable || opener === undefined) return () => undefined;
    const invalidations = this.#invalidations;
    return (sessionId, session) => {
      const result = { ...opener, session };
      const isCurrent = invalidations === this.#invalidations;
      if (isCurrent && this.#isCacheable(result, sessionId)) entries.set(authorization, sessionId, result);
    };
  }

  /** Reads a token again that was verified before, and calls `onVerified`; resolves with whether it is still valid. */
  async reverify(token: Hash): Promise<boolean> {
    const stored = await this.#deps.records.read(token, undefined);
    return typeof this.#verifyToken(token, stored.token) !== "string";
  }

  /** The sessions have ended or were written. Results for them that are cached, or to be, are dropped. */
  invalidate(sessions: readonly Hash[]): void {
    const changed = new Set<Hash | undefined>(sessions);
    this.#invalidations++;
    this.#deps.cache.delete(({ session }) => session !== undefined && changed.has(session.hash));
    for (const lookup of this.#lookups) if (changed.has(lookup.session)) lookup.isCurrent = false;
  }

  /** Verifies the request and caches a full success. Anything else leaves no entry behind, not even the header. */
  async #refreshEntry(
    entries: PairMap<Authenticated>,
    authorization: string,
    sessionId: string | undefined,
  ): Promise<AuthenticationResult> {
    const lookup: Lookup = { session: hashOf(sessionId), isCurrent: true };
    this.#lookups.add(lookup);
    let result: AuthenticationResult = undefined;
    try {
      result = await this.#verify(authorization, lookup.session);
      return result;
    } finally {
      this.#lookups.delete(lookup);
      const isCacheable = lookup.isCurrent && this.#isCacheable(result, sessionId);
      if (isCacheable) entries.set(authorization, sessionId ?? "", result as Authenticated);
      else this.#deps.cache.previous.delete(authorization, sessionId ?? "");
    }
  }

  async #verify(authorization: string, hash: Hash | undefined): Promise<AuthenticationResult> {
    const { onSessionUsed, onUsed, records, takeOver } = this.#deps;
    const accessToken = bearerToken(authorization);
    if (accessToken === undefined) return undefined;
    const tokenHash = sha256Hex(accessToken);
    const stored = await records.read(tokenHash, hash);
    const token = this.#verifyToken(tokenHash, stored.token);
    if (typeof token === "string") return token;
    const { owner, access, expiresAtMs } = token;
    onUsed(owner);
    const { grantId, accountId } = owner;
    let session = hash === undefined ? undefined : sessionOf(hash, stored.session, accountId);
    if (session !== undefined && session.record.grantId !== grantId) session = await takeOver(session, owner);
    const caller = { ...owner, accessToken };
    if (session !== undefined) onSessionUsed(session, caller, access);
    return { caller, owner, access, session, expiresAtMs };
  }

  #verifyToken(hash: Hash, recordText: string | undefined) {
    const { clock, onVerified, resource } = this.#deps;
    const token = verifyAccessToken(parseRecord(accessTokenRecord, recordText), resource, clock() / 1000);
    if (typeof token === "string") return token;
    const { grantId, accountId, clientId, exp, iat } = token;
    const owner = { grantId, accountId, clientId };
    const access = toolAccess(token);
    onVerified(owner, { hash, access, issuedAtSec: iat });
    return { owner, access, expiresAtMs: exp * 1000 };
  }

  /** Only a result with every record that the request names, and whose token does not expire while it is cached. */
  #isCacheable(result: AuthenticationResult, sessionId: string | undefined): result is Authenticated {
    if (typeof result !== "object") return false;
    const isComplete = result.session !== undefined || sessionId === undefined;
    return isComplete && result.expiresAtMs > this.#deps.clock() + 2 * this.#deps.cache.ttlMs;
  }
}

function hashOf(sessionId: string | undefined): Hash | undefined {
  return sessionId === undefined ? undefined : sha256Hex(sessionId);
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
