import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import { sessionRecord, type SessionRecord } from "@fjmcp/shared/session-record";
import { readStoredRecord } from "@fjmcp/shared/stored-record";
import {
  accessTokenRecord,
  judgeAccessToken,
  type AccessTokenRecord,
  type TokenRefusal,
} from "@fjmcp/shared/token-record";
import type { Caller, GrantOwner } from "./grant-owner.ts";
import type { RequestRecords } from "./request-records.ts";
import { ShortMemory } from "./short-memory.ts";

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

type Judgement = Authenticated | Promise<Authenticated | TokenRefusal>;

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
  /** By token and session id. */
  readonly #judged = new ShortMemory<Judgement>(believedMs);

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
  authenticate(accessToken: string, sessionId: string | undefined): Judgement {
    if (!this.#records.tellsChanges) return this.#judge(accessToken, sessionId);
    const judged = this.#judged.present();
    // No header holds a line end.
    const key = `${accessToken}\n${sessionId ?? ""}`;
    const known = judged.get(key) ?? this.#judgeOnce(accessToken, sessionId, key, judged);
    const usable = known instanceof Promise ? (this.#judged.past.get(key) ?? known) : known;
    if (usable instanceof Promise || usable.expiresAtMs > this.#now()) return usable;
    return Promise.resolve("invalid_token");
  }

  /** To be called when access or a session has ended, or the store tells of a change: all are judged anew from now on. */
  forget(): void {
    this.#judged.forget();
  }

  /** Whoever asks meanwhile waits for the same answer; afterwards only who was let in is remembered. */
  #judgeOnce(
    accessToken: string,
    sessionId: string | undefined,
    key: string,
    judged: Map<string, Judgement>,
  ): Promise<Authenticated | TokenRefusal> {
    const judging = this.#judge(accessToken, sessionId);
    judged.set(key, judging);
    const remember = (result: Authenticated | TokenRefusal | undefined) => {
      if (typeof result === "object" && (result.session !== undefined || sessionId === undefined))
        judged.set(key, result);
      else this.#judged.delete(key);
    };
    judging.then(remember, () => remember(undefined));
    return judging;
  }

  async #judge(accessToken: string, sessionId: string | undefined): Promise<Authenticated | TokenRefusal> {
    const hash = sessionId === undefined ? undefined : sha256Hex(sessionId);
    const stored = await this.#records.read(sha256Hex(accessToken), hash);
    const token = judgeAccessToken(
      readStoredRecord(accessTokenRecord, stored.token),
      this.#resource,
      this.#now() / 1000,
    );
    if (typeof token === "string") return token;
    const { grantId, accountId, clientId } = token;
    const owner = { grantId, accountId, clientId };
    const session = hash === undefined ? undefined : ownSession(hash, stored.session, token);
    if (session !== undefined) this.#used(session);
    return { caller: { ...owner, accessToken }, owner, session, expiresAtMs: token.exp * 1000 };
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
