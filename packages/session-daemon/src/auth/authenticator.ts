import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import { sessionRecord, type SessionRecord } from "@fjmcp/shared/session-record";
import { parseRecord } from "@fjmcp/shared/parse-record";
import {
  accessTokenRecord,
  verifyAccessToken,
  type AccessTokenRecord,
  type TokenError,
} from "@fjmcp/shared/oauth/access-token-record";
import { bearerToken } from "./bearer-token.ts";
import type { AuthenticatedCaller, Principal } from "./principal.ts";
import type { AuthRecords } from "./auth-records.ts";
import { GenerationalCache } from "./generational-cache.ts";

/** A session that the caller may use. */
export interface CallerSession {
  readonly hash: Hash;
  readonly record: SessionRecord;
}

export interface Authenticated {
  readonly caller: AuthenticatedCaller;
  /** The caller without the token, for what outlives the request. */
  readonly owner: Principal;
  /** Undefined when the request names none, or one that is not there for this caller: nobody learns which. */
  readonly session: CallerSession | undefined;
  /** When the access token expires. */
  readonly expiresAtMs: number;
}

/** Undefined: the request has no access token. */
export type AuthenticationResult = Authenticated | TokenError | undefined;

/** By Authorization header and session id, "" for none. */
type Judgements = Map<string, Map<string, Authenticated | Promise<AuthenticationResult>>>;

/**
 * Who was let in is let in again for once to twice this time, unless the store tells of a change: so long it may hang
 * unnoticed (docs/adr/0006).
 */
const cacheTtlMs = 100;

/** Judges one request by its access token, and looks up the session it names, in one round trip to the store. */
export class Authenticator {
  readonly #records: AuthRecords;
  readonly #resource: string;
  readonly #now: () => number;
  readonly #used: (session: CallerSession) => void;
  readonly #judged = new GenerationalCache<Judgements>(cacheTtlMs, () => new Map());

  /**
   * `resource` is the audience that tokens must have; `now` in milliseconds. `used` is told of sessions that are used,
   * though not of every use.
   */
  constructor(
    records: AuthRecords,
    resource: string,
    now: () => number,
    used: (session: CallerSession) => void,
  ) {
    this.#records = records;
    this.#resource = resource;
    this.#now = now;
    this.#used = used;
  }

  /** At once when the same was let in a moment ago. Rejects with StoreUnavailableError. */
  authenticate(
    authorization: string | undefined,
    sessionId: string | undefined,
  ): AuthenticationResult | Promise<AuthenticationResult> {
    if (authorization === undefined) return undefined;
    if (!this.#records.invalidatesCache) return this.#judge(authorization, sessionId);
    const judged = this.#judged.present();
    const known = judged.get(authorization)?.get(sessionId ?? "");
    if (known !== undefined && !(known instanceof Promise)) return known;
    const before = this.#judged.past.get(authorization)?.get(sessionId ?? "");
    const judging = known ?? this.#judgeOnce(authorization, sessionId, judged);
    return before ?? judging;
  }

  /** To be called when access or a session has ended, or the store tells of a change: all are judged anew from now on. */
  forget(): void {
    this.#judged.forget();
  }

  /** Whoever asks meanwhile waits for the same answer; afterwards only who was let in is remembered. */
  #judgeOnce(
    authorization: string,
    sessionId: string | undefined,
    judged: Judgements,
  ): Promise<AuthenticationResult> {
    const judging = this.#judge(authorization, sessionId);
    const bySession = judged.get(authorization) ?? new Map();
    judged.set(authorization, bySession.set(sessionId ?? "", judging));
    const remember = (judgement: AuthenticationResult) => {
      if (this.#staysTrue(judgement, sessionId)) bySession.set(sessionId ?? "", judgement);
      else {
        bySession.delete(sessionId ?? "");
        if (bySession.size === 0) judged.delete(authorization);
        this.#judged.past.get(authorization)?.delete(sessionId ?? "");
      }
    };
    judging.then(remember, () => remember(undefined));
    return judging;
  }

  async #judge(authorization: string, sessionId: string | undefined): Promise<AuthenticationResult> {
    const accessToken = bearerToken(authorization);
    if (accessToken === undefined) return undefined;
    const hash = sessionId === undefined ? undefined : sha256Hex(sessionId);
    const stored = await this.#records.read(sha256Hex(accessToken), hash);
    const record = parseRecord(accessTokenRecord, stored.token);
    const token = verifyAccessToken(record, this.#resource, this.#now() / 1000);
    if (typeof token === "string") return token;
    const { grantId, accountId, clientId, exp } = token;
    const owner = { grantId, accountId, clientId };
    const session = hash === undefined ? undefined : ownSession(hash, stored.session, token);
    if (session !== undefined) this.#used(session);
    return { caller: { ...owner, accessToken }, owner, session, expiresAtMs: exp * 1000 };
  }

  /** Let in, and as long as it is remembered the token does not expire. */
  #staysTrue(judgement: AuthenticationResult, sessionId: string | undefined): judgement is Authenticated {
    if (typeof judgement !== "object") return false;
    const isComplete = judgement.session !== undefined || sessionId === undefined;
    return isComplete && judgement.expiresAtMs > this.#now() + 2 * cacheTtlMs;
  }
}

function ownSession(
  hash: Hash,
  recordText: string | undefined,
  token: AccessTokenRecord,
): CallerSession | undefined {
  const record = parseRecord(sessionRecord, recordText);
  const own = record?.accountId === token.accountId && record.clientId === token.clientId;
  return record !== undefined && own ? { hash, record } : undefined;
}
