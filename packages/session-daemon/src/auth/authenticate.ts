import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import { sessionRecord, type SessionRecord } from "@fjmcp/shared/session-record";
import type { AccessTokenRecord } from "@fjmcp/shared/token-record";
import type { RequestRecords } from "../session/request-records.ts";
import type { Caller } from "../worker/worker-pool.ts";
import { checkAccessToken, type TokenRefusal } from "./access-token.ts";
import { storedRecordParser } from "./stored-record.ts";

const parseSession = storedRecordParser(sessionRecord);

/** A session that the caller may use. */
export interface OwnSession {
  readonly hash: Hash;
  readonly record: SessionRecord;
}

export interface Authenticated {
  readonly caller: Caller;
  /** Undefined when the request names none, or one that is not there for this caller: nobody learns which. */
  readonly session: OwnSession | undefined;
}

/** Judges one request by its access token, and looks up the session it names, in one round trip to the store. */
export class Authenticator {
  readonly #records: RequestRecords;
  readonly #resource: string;
  readonly #now: () => number;

  /** `resource` is the audience that tokens must have; `now` in milliseconds. */
  constructor(records: RequestRecords, resource: string, now: () => number) {
    this.#records = records;
    this.#resource = resource;
    this.#now = now;
  }

  /** Rejects with StoreUnavailableError. */
  async authenticate(
    accessToken: string,
    sessionId: string | undefined,
  ): Promise<Authenticated | TokenRefusal> {
    const session = sessionId === undefined ? undefined : sha256Hex(sessionId);
    const stored = await this.#records.read(sha256Hex(accessToken), session);
    const token = checkAccessToken(stored.token, this.#resource, this.#now() / 1000);
    if (typeof token === "string") return token;
    const { grantId, accountId, clientId } = token;
    return {
      caller: { grantId, accountId, clientId, accessToken },
      session: session === undefined ? undefined : ownSession(session, stored.session, token),
    };
  }
}

function ownSession(
  hash: Hash,
  recordText: string | undefined,
  token: AccessTokenRecord,
): OwnSession | undefined {
  const record = parseSession(recordText);
  const own = record?.accountId === token.accountId && record.clientId === token.clientId;
  return record !== undefined && own ? { hash, record } : undefined;
}
