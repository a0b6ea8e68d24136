import type { ChainableCommander } from "ioredis";
import { z } from "zod";
import { clientRef, type ClientRef } from "@fjmcp/shared/client-ref";
import type { Clock } from "@fjmcp/shared/clock";
import {
  accountIdSchema,
  branded,
  grantIdSchema,
  hashSchema,
  type AccountId,
  type GrantId,
  type Hash,
} from "@fjmcp/shared/ids";
import type { PageQuery } from "@fjmcp/shared/ipc/page";
import { redisKeys } from "@fjmcp/shared/redis/redis-keys";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import { parseRecord } from "@fjmcp/shared/parse-record";
import { sessionRecord, type SessionRecord } from "@fjmcp/shared/session-record";
import { sessionRef, type SessionRef } from "@fjmcp/shared/session-ref";
import type { Principal } from "@fjmcp/shared/principal";
import type { EndedSessions } from "../ended-sessions.ts";
import type { SessionFilter, SessionPage, SessionStore } from "../session/session-store.ts";
import type { RedisClient } from "./redis-client.ts";
import {
  maxSessionsPerAccount,
  selectSessionsToEvict,
  type IndexEntry,
} from "../session/session-eviction.ts";
import { TouchTimes } from "../session/touch-times.ts";

/** A session that is unused for this long expires. */
const idleLifeSec = 30 * 24 * 3600;
/** The indexes live longer, so that a prune finds in them what has expired, and reports it. */
const indexLifeSec = idleLifeSec + 24 * 3600;
const touchEveryMs = 3600_000;

const accountIds = z.array(accountIdSchema);
const indexedSession = z.object({
  session: hashSchema,
  clientRef: branded<ClientRef>(),
  grantId: grantIdSchema,
});
/** An entry of the index of an account's sessions. */
type IndexedSession = z.infer<typeof indexedSession>;

type SessionChange = "ended" | "moved" | "written";

interface SessionListener {
  /**
   * After sessions were deleted, moved to another grant, or written otherwise. Redis reports no more changes of what was read
   * before: it must be read anew.
   */
  onChanged(sessions: readonly Hash[], change: SessionChange): void;
  /** Those that no client has closed. */
  onEnded(ended: EndedSessions): void;
}

/** SessionStore on Redis. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisClient;
  readonly #clock: Clock;
  readonly #listener: SessionListener;
  readonly #touchTimes = new TouchTimes(touchEveryMs);

  constructor(redis: RedisClient, clock: Clock, listener: SessionListener) {
    this.#redis = redis;
    this.#clock = clock;
    this.#listener = listener;
  }

  async create(session: Hash, record: SessionRecord, token: Hash): Promise<boolean> {
    const { accountId } = record;
    const replies = await this.#redis.transaction((chain) =>
      addToIndexes(
        chain.set(redisKeys.session(session), JSON.stringify(record), "EX", idleLifeSec),
        session,
        record,
      )
        .sadd(redisKeys.sessionAccounts, accountId)
        .expire(redisKeys.sessionAccounts, indexLifeSec)
        .hlen(redisKeys.sessionsOfAccount(accountId))
        // It may be cached from now on, and Redis reports changes only of what was read.
        .exists(redisKeys.session(session))
        .get(redisKeys.accessToken(token)),
    );
    const [count, , tokenRecord] = replies.slice(-3);
    if (tokenRecord === null) {
      await this.delete(session, record);
      return false;
    }
    this.#touchTimes.set(session, accountId, this.#clock());
    if (Number(count) > maxSessionsPerAccount) await this.#evict(accountId, session);
    return true;
  }

  async move(session: Hash, from: GrantId, record: SessionRecord): Promise<boolean> {
    const replies = await this.#redis.transaction((chain) =>
      addToIndexes(
        chain
          .exists(redisKeys.grant(record.grantId))
          .set(redisKeys.session(session), JSON.stringify(record), "EX", idleLifeSec, "XX")
          .srem(redisKeys.sessionsOfGrant(from), session),
        session,
        record,
      ),
    );
    this.#listener.onChanged([session], "moved");
    const [isGrantAlive, written] = replies;
    if (isGrantAlive === 1 && written !== null) return true;
    await this.delete(session, record);
    return false;
  }

  async touch(session: Hash, record: SessionRecord): Promise<void> {
    const now = this.#clock();
    if (this.#touchTimes.isRecent(session, now)) return;
    this.#touchTimes.set(session, record.accountId, now);
    await this.#redis.pipeline((chain) =>
      chain
        .expire(redisKeys.session(session), idleLifeSec)
        .expire(redisKeys.sessionsOfAccount(record.accountId), indexLifeSec)
        .expire(redisKeys.sessionsOfGrant(record.grantId), indexLifeSec)
        .expire(redisKeys.sessionAccounts, indexLifeSec),
    );
    this.#listener.onChanged([session], "written");
  }

  async setLogLevel(session: Hash, logLevel: McpLogLevel): Promise<void> {
    await this.#change(session, () => ({ logLevel }));
  }

  async setSubscriptions(session: Hash, uris: () => readonly string[]): Promise<void> {
    await this.#change(session, () => ({ subscriptions: [...uris()] }));
  }

  async #change(session: Hash, changes: () => Partial<SessionRecord>): Promise<void> {
    const key = redisKeys.session(session);
    let [text] = (await this.#redis.pipeline((chain) => chain.get(key))) as (string | null)[];
    let written: string | undefined;
    for (;;) {
      const record = parseRecord(sessionRecord, text);
      if (record === undefined) return;
      const changed = JSON.stringify({ ...record, ...changes() } satisfies SessionRecord);
      const [replaced] = (await this.#redis.pipeline((chain) =>
        chain.set(key, changed, "EX", idleLifeSec, "XX", "GET"),
      )) as (string | null)[];
      this.#listener.onChanged([session], "written");
      // Neither what was read nor what this call wrote: the session has changed in between, and the changes belong into that.
      if (replaced === text || replaced === changed || replaced === written) return;
      text = replaced;
      written = changed;
    }
  }

  async delete(session: Hash, { accountId, grantId }: Principal): Promise<boolean> {
    return (await this.#deleteSessions(accountId, [{ session, grantId }])) > 0;
  }

  async list(filter: SessionFilter, { limit, after = "" }: PageQuery): Promise<SessionPage> {
    const page: { key: string; sessionRef: SessionRef; record: SessionRecord }[] = [];
    let total = 0;
    for (const accountId of (await this.#accounts(filter)).sort()) {
      const sessions = await this.#index(accountId, filter);
      total += sessions.length;
      // One more than the page has, to see whether another follows.
      if (page.length > limit) continue;
      const following = sessions
        .map((entry) => {
          const ref = sessionRef(entry.session);
          return Object.assign({ sessionRef: ref, key: `${accountId} ${ref}` }, entry);
        })
        .filter(({ key }) => key > after)
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      const records = await this.#records(following);
      for (const [i, { key, sessionRef }] of following.entries()) {
        const record = records[i];
        if (record !== undefined) page.push({ key, sessionRef, record });
      }
    }
    const sessions = page.slice(0, limit);
    return { sessions, total, ...(page.length > limit && { next: sessions.at(-1)!.key }) };
  }

  async find(ref: SessionRef): Promise<{ hash: Hash; record: SessionRecord } | undefined> {
    for (const accountId of await this.#accounts({})) {
      const sessions = await this.#index(accountId, {});
      const found = sessions.filter(({ session }) => sessionRef(session) === ref);
      const [record] = await this.#records(found);
      if (record !== undefined) return { hash: found[0]!.session, record };
    }
    return undefined;
  }

  async deleteAll(filter: SessionFilter): Promise<number> {
    const entries = await this.#find(filter);
    const byAccount = Map.groupBy(entries, ({ accountId }) => accountId);
    for (const [accountId, sessions] of byAccount) {
      await this.#deleteSessions(accountId, sessions);
      this.#report(accountId, "access_ended", sessions.filter(isAlive));
    }
    return entries.filter(({ record }) => record !== undefined).length;
  }

  async prune(): Promise<void> {
    this.#touchTimes.prune(this.#clock());
    for (const accountId of await this.#accounts({})) {
      const expired = (await this.#find({ accountId })).filter(({ record }) => record === undefined);
      await this.#deleteSessions(accountId, expired);
      this.#report(accountId, "expired", expired);
    }
  }

  async #accounts(filter: SessionFilter): Promise<AccountId[]> {
    if (filter.accountId !== undefined) return [filter.accountId];
    const [accounts] = await this.#redis.pipeline((chain) => chain.smembers(redisKeys.sessionAccounts));
    return accountIds.parse(accounts);
  }

  async #find(filter: SessionFilter): Promise<IndexEntry[]> {
    const found: IndexEntry[] = [];
    for (const accountId of await this.#accounts(filter)) {
      const sessions = await this.#index(accountId, filter);
      const records = await this.#records(sessions);
      for (const [i, entry] of sessions.entries()) found.push({ accountId, ...entry, record: records[i] });
    }
    return found;
  }

  /** What the account's index has of the filter's client. */
  async #index(
    accountId: AccountId,
    { clientId }: Pick<SessionFilter, "clientId">,
  ): Promise<IndexedSession[]> {
    const ref = clientId === undefined ? undefined : clientRef(clientId);
    const [index] = await this.#redis.pipeline((chain) =>
      chain.hgetall(redisKeys.sessionsOfAccount(accountId)),
    );
    return Object.entries(index as Record<string, string>)
      .map(([session, owner]) => {
        const [client, grantId] = owner.split(" ");
        return indexedSession.parse({ session, clientRef: client, grantId });
      })
      .filter((entry) => ref === undefined || entry.clientRef === ref);
  }

  /** One for each session; undefined for one that has expired. */
  async #records(sessions: readonly IndexedSession[]): Promise<(SessionRecord | undefined)[]> {
    if (sessions.length === 0) return [];
    const [records] = await this.#redis.pipeline((chain) =>
      chain.mget(sessions.map(({ session }) => redisKeys.session(session))),
    );
    return (records as (string | null)[]).map((text) => parseRecord(sessionRecord, text));
  }

  async #evict(accountId: AccountId, kept: Hash): Promise<void> {
    const entries = await this.#find({ accountId });
    const evicted = new Set(selectSessionsToEvict(entries, kept));
    const ending = entries.filter(({ session }) => evicted.has(session));
    await this.#deleteSessions(accountId, ending);
    this.#report(accountId, "evicted", ending.filter(isAlive));
  }

  #report(accountId: AccountId, reason: EndedSessions["reason"], ended: readonly IndexedSession[]): void {
    if (ended.length > 0)
      this.#listener.onEnded({ accountId, reason, sessions: ended.map(({ session }) => session) });
  }

  /** Deletes the sessions, their index entries, and the account's with its last one. Resolves with how many there were. */
  async #deleteSessions(
    accountId: AccountId,
    sessions: readonly Pick<IndexedSession, "session" | "grantId">[],
  ): Promise<number> {
    for (const { session } of sessions) this.#touchTimes.delete(session);
    const index = redisKeys.sessionsOfAccount(accountId);
    const hashes = sessions.map(({ session }) => session);
    const replies = await this.#redis.transaction((chain) => {
      for (const [grantId, ofGrant] of Map.groupBy(sessions, (one) => one.grantId))
        chain.srem(redisKeys.sessionsOfGrant(grantId), ...ofGrant.map(({ session }) => session));
      if (hashes.length > 0) chain.hdel(index, ...hashes).del(hashes.map(redisKeys.session));
      return chain.hlen(index);
    });
    this.#listener.onChanged(hashes, "ended");
    const deleted = Number(replies.at(-2) ?? 0);
    if (replies.at(-1) === 0) await this.#deleteAccount(accountId);
    return deleted;
  }

  /** Deletes the account's entry, which has no session left. */
  async #deleteAccount(accountId: AccountId): Promise<void> {
    const [, count] = await this.#redis.transaction((chain) =>
      chain.srem(redisKeys.sessionAccounts, accountId).hlen(redisKeys.sessionsOfAccount(accountId)),
    );
    if (count === 0) return;
    // A session was opened in between: without a script the entry can only be added again.
    await this.#redis.pipeline((chain) =>
      chain.sadd(redisKeys.sessionAccounts, accountId).expire(redisKeys.sessionAccounts, indexLifeSec),
    );
  }
}

/** Enters the session into the indexes of its account and of its grant. */
function addToIndexes(
  chain: ChainableCommander,
  session: Hash,
  { accountId, grantId, clientId }: SessionRecord,
): ChainableCommander {
  const ofAccount = redisKeys.sessionsOfAccount(accountId);
  const ofGrant = redisKeys.sessionsOfGrant(grantId);
  return chain
    .hset(ofAccount, session, `${clientRef(clientId)} ${grantId}`)
    .expire(ofAccount, indexLifeSec)
    .sadd(ofGrant, session)
    .expire(ofGrant, indexLifeSec);
}

function isAlive({ record }: IndexEntry): boolean {
  return record !== undefined;
}
