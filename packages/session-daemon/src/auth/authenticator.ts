import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import { sessionRecord, type SessionRecord } from "@fjmcp/shared/session-record";
import { readStoredRecord } from "@fjmcp/shared/parse-record";
import {
  accessTokenRecord,
  judgeAccessToken,
  type AccessTokenRecord,
  type TokenRefusal,
} from "@fjmcp/shared/oauth/access-token-record";
import { bearerToken } from "./bearer-token.ts";
import type { Caller, GrantOwner } from "./principal.ts";
import type { RequestRecords } from "./auth-records.ts";
import { ShortMemory } from "./generational-cache.ts";

/** A session that the caller may use. */
export interface OwnSession {
  readonly hash: Hash;
  readonly record: SessionRecord;
}

export interface Authenticated {
  readonly caller: Caller;
  /** The caller without the token, for what outlives the request. */
  readonly owner: GrantOwner;
  /** Undefined when the request names none, or one that is not there for this caller: nobody learns which. */
  readonly session: OwnSession | undefined;
  /** When the access token expires. */
  readonly expiresAtMs: number;
}

/** Undefined: the request has no access token. */
export type Judgement = Authenticated | TokenRefusal | undefined;

/** By Authorization header and session id, "" for none. */
type Judgements = Map<string, Map<string, Authenticated | Promise<Judgement>>>;

/**
 * Who was let in is let in again for once to twice this time, unless the store tells of a change: so long it may hang
 * unnoticed (docs/adr/0006).
 */
const believedMs = 100;

/** Judges one request by its access token, and looks up the session it names, in one round trip to the store. */
export class Authenticator {
  readonly #records: RequestRecords;
  readonly #resource: string;
  readonly #now: () => number;
  readonly #used: (session: OwnSession) => void;
  readonly #judged = new ShortMemory<Judgements>(believedMs, () => new Map());

  /**
   * `resource` is the audience that tokens must have; `now` in milliseconds. `used` is told of sessions that are used,
   * though not of every use.
   */
  constructor(
    records: RequestRecords,
    resource: string,
    now: () => number,
    used: (session: OwnSession) => void,
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
  ): Judgement | Promise<Judgement> {
    if (authorization === undefined) return undefined;
    if (!this.#records.tellsChanges) return this.#judge(authorization, sessionId);
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
  #judgeOnce(authorization: string, sessionId: string | undefined, judged: Judgements): Promise<Judgement> {
    const judging = this.#judge(authorization, sessionId);
    const bySession = judged.get(authorization) ?? new Map();
    judged.set(authorization, bySession.set(sessionId ?? "", judging));
    const remember = (judgement: Judgement) => {
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

  async #judge(authorization: string, sessionId: string | undefined): Promise<Judgement> {
    const accessToken = bearerToken(authorization);
    if (accessToken === undefined) return undefined;
    const hash = sessionId === undefined ? undefined : sha256Hex(sessionId);
    const stored = await this.#records.read(sha256Hex(accessToken), hash);
    const record = readStoredRecord(accessTokenRecord, stored.token);
    const token = judgeAccessToken(record, this.#resource, this.#now() / 1000);
    if (typeof token === "string") return token;
    const { grantId, accountId, clientId, exp } = token;
    const owner = { grantId, accountId, clientId };
    const session = hash === undefined ? undefined : ownSession(hash, stored.session, token);
    if (session !== undefined) this.#used(session);
    return { caller: { ...owner, accessToken }, owner, session, expiresAtMs: exp * 1000 };
  }

  /** Let in, and as long as it is remembered the token does not expire. */
  #staysTrue(judgement: Judgement, sessionId: string | undefined): judgement is Authenticated {
    if (typeof judgement !== "object") return false;
    const isComplete = judgement.session !== undefined || sessionId === undefined;
    return isComplete && judgement.expiresAtMs > this.#now() + 2 * believedMs;
  }
}

function ownSession(
  hash: Hash,
  recordText: string | undefined,
  token: AccessTokenRecord,
): OwnSession | undefined {
  const record = readStoredRecord(sessionRecord, recordText);
  const own = record?.accountId === token.accountId && record.clientId === token.clientId;
  return record !== undefined && own ? { hash, record } : undefined;
}
