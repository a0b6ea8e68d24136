import { newPkce } from "@fjmcp/testkit/oauth-client/pkce";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { createAuditEvents } from "../../src/audit-events.ts";
import { connectRedis, type RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { createUpstreamLock } from "../../src/redis/upstream-lock.ts";
import { createUpstreamRecordStore } from "../../src/redis/upstream-record-store.ts";
import { createUpstream, type Upstream, type UpstreamOptions } from "../../src/upstream/upstream.ts";
import type { UpstreamRecordStore } from "../../src/upstream/vault/upstream-record-store.ts";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { Secret } from "@fjmcp/shared/config/secret";
import type { Log } from "@fjmcp/shared/log";
import {
  startSandboxForgejo,
  type SandboxForgejo,
  type SandboxOptions,
} from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { startPrivateRedis, type PrivateRedis } from "@fjmcp/testkit/redis/private-redis";

export const readWrite =
  "openid read:user write:repository write:issue write:organization write:notification";
const issuer = "http://127.0.0.1:1";

interface Teardown {
  teardown(close: () => unknown): void;
}

/** A log that a test can read; every argument with its causes, as text. */
export function memoryLog(): { log: Log; text: () => string } {
  const lines: string[] = [];
  const write = (...line: unknown[]) => void lines.push(inspect(line, { depth: 9 }));
  const log = { debug: write, info: write, warn: write, error: write } as unknown as Log;
  return { log, text: () => lines.join("\n") };
}

export async function privateRedis(t: Teardown): Promise<PrivateRedis> {
  const redis = await startPrivateRedis();
  t.teardown(() => redis.close());
  return redis;
}

/** A connection as the auth-server's own user of `deploy/redis.acl`, ready. */
export async function connection(t: Teardown, redis: PrivateRedis): Promise<RedisConnection> {
  const { username, password } = redis.authServer;
  const opened = connectRedis(
    { address: { path: redis.socketPath }, username, password: new Secret(password) },
    memoryLog().log,
  );
  t.teardown(() => opened.close());
  await opened.run((client) => client.ping());
  return opened;
}

/** A connection without access restrictions. */
export function unrestricted(t: Teardown, redis: PrivateRedis): Redis {
  const client = new Redis(redis.unrestricted);
  t.teardown(() => client.disconnect());
  return client;
}

/** Lets a test delay what one process writes to the store. */
type WrapStore = (store: UpstreamRecordStore) => UpstreamRecordStore;

export interface UpstreamSetup {
  readonly redis: PrivateRedis;
  readonly forgejo: SandboxForgejo;
  readonly options: UpstreamOptions;
  readonly upstream: Upstream;
  readonly logText: () => string;
  /** The accounts whose grants were revoked. */
  readonly ended: AccountId[];
  /** The accounts whose workers were retired. */
  readonly retired: AccountId[];
  /** How far ahead the clock is. */
  readonly clock: { aheadMs: number };
  /** A second instance on a connection of its own, as another process would have. */
  another(
    changes?: Partial<UpstreamOptions["forgejo"]>,
    wrap?: WrapStore,
    more?: Partial<Pick<UpstreamOptions, "vaultKey" | "vaultDiscard" | "signIn">>,
  ): Promise<Upstream>;
  /** Signs a user in at the sandbox: the code and its verifier. */
  codeFor(user: ScriptedUser, scope?: string): Promise<[code: string, verifier: string]>;
  user(name: "alice" | "bob"): ScriptedUser;
  account(name: "alice" | "bob"): AccountId;
}

/** `concurrentLoginTimeoutMs`: how long a rejected refresh waits for the tokens of a login. */
export async function setUpstream(
  t: Teardown,
  options: SandboxOptions = {},
  { concurrentLoginTimeoutMs = 300 } = {},
): Promise<UpstreamSetup> {
  const redis = await privateRedis(t);
  const forgejo = await startSandboxForgejo(options);
  t.teardown(() => forgejo.close());
  const redirectUri = `${issuer}/oauth/callback`;
  const { clientId, clientSecret } = await forgejo.createApp({ name: "fjmcp", redirectUris: [redirectUri] });
  const upstreamOptions = {
    issuer,
    vaultKey: new Secret("a vault key of more than 32 characters"),
    forgejo: {
      url: forgejo.url,
      clientId,
      clientSecret: new Secret(clientSecret),
      scope: readWrite,
      timeoutMs: 5000,
    },
    signIn: { users: [], organizations: [] },
    concurrentLoginTimeoutMs,
  };
  const { log, text } = memoryLog();
  const ended: AccountId[] = [];
  const retired: AccountId[] = [];
  const clock = { aheadMs: 0 };

  async function another(
    changes: Partial<UpstreamOptions["forgejo"]> = {},
    wrap: WrapStore = (store) => store,
    more: Partial<UpstreamOptions> = {},
  ): Promise<Upstream> {
    const own = await connection(t, redis);
    const forgejoOptions = { ...upstreamOptions.forgejo, ...changes };
    const changed = { ...upstreamOptions, ...more, forgejo: forgejoOptions };
    return createUpstream(changed, {
      store: wrap(createUpstreamRecordStore(own, clientId)),
      lock: createUpstreamLock(own, clientId),
      // Each account has one grant, of the same id.
      revocation: {
        grantsOf: async (account) => [account as string as GrantId],
        grantsOn: async (account) => [account as string as GrantId],
        revoke: async (grant) => ended.push(grant as string as AccountId) > 0,
        revokeAll: async (grants) => ended.push(...(grants as readonly string[] as AccountId[])),
        revokeAccount: async (account) => ended.push(account),
      },
      retireWorkers: async (account) => void retired.push(account),
      clock: () => Date.now() + clock.aheadMs,
      events: createAuditEvents(log),
      metrics: { onRequest: () => undefined },
    });
  }

  const userNamed = (name: string) => {
    const user = forgejo.users.find((user) => user.name === name);
    if (user === undefined) throw new Error(`no user ${name}`);
    return user;
  };

  return {
    redis,
    forgejo,
    options: upstreamOptions,
    upstream: await another(),
    logText: text,
    ended,
    retired,
    clock,
    another,
    async codeFor(user, scope) {
      const { verifier, challenge } = newPkce();
      const { login } = await another(scope === undefined ? {} : { scope });
      const back = await user.signInAndAllow(login.authorizeUrl("a-state", challenge), {
        stopAt: redirectUri,
      });
      const code = back.searchParams.get("code");
      if (code === null) throw new Error(`no code: ${back.searchParams.get("error") ?? ""}`);
      return [code, verifier];
    },
    user: (name) => new ScriptedUser(userNamed(name)),
    account: (name) => String(userNamed(name).id) as AccountId,
  };
}

/** Signs in and completes: the account has a record now. */
export async function logIn(
  setup: UpstreamSetup,
  name: "alice" | "bob" = "alice",
  upstream = setup.upstream,
) {
  return upstream.login.complete(...(await setup.codeFor(setup.user(name))));
}
