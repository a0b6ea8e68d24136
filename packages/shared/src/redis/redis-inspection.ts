import { Redis, ReplyError } from "ioredis";
import { healthy, type ComponentHealth } from "../component-health.ts";
import type { RedisEndpoint } from "../config/redis-endpoint.ts";
import { fault, good, warning, type Finding } from "../finding.ts";

/** The oldest version whose access control lists have key permissions for reading (`%R~`). */
const minimumMajorVersion = 7;
const timeoutMs = 2000;
/** The share of maxmemory from which on a warning is given. */
const nearlyFull = 0.9;

/** A command with its arguments, such as `["get", "grant:probe"]`. */
export type RedisCommand = readonly [string, ...string[]];

/** What a daemon's Redis user needs. The commands are queued in a transaction that is never executed. */
export interface RedisRights {
  /** The settings that the user and its password come from, for messages. */
  readonly settings: { readonly username: string; readonly password: string };
  readonly required: readonly RedisCommand[];
  /** Commands that only another user may run; a right to them is a warning. */
  readonly excessive?: readonly RedisCommand[];
  /** A channel to subscribe to, without which the daemon works, more slowly. */
  readonly channel?: string;
}

interface RedisInspection {
  readonly health: ComponentHealth;
  /** Empty while Redis is `away`. */
  readonly findings: readonly Finding[];
}

/**
 * Looks at Redis over a connection of its own, within 2 s for each step: whether it responds, accepts the user and its
 * password, is new enough, keeps what it acknowledges, and grants the rights. Changes nothing and never rejects.
 */
export async function inspectRedis(endpoint: RedisEndpoint, rights: RedisRights): Promise<RedisInspection> {
  const connection = openConnection(endpoint);
  try {
    await connection.open();
    const { redis } = connection;
    const rejection = await rejectionOf(redis.call("auth", endpoint.username, endpoint.password.reveal()));
    if (rejection !== undefined) return misconfigured([loginFault(endpoint, rights, rejection)]);
    const info = parseInfo(await redis.info().catch(onlyOutages));
    if (info.loading === "1") return away("it is loading its data");
    const probe = await probeRights(redis, rights);
    const channelFindings = await probeChannel(endpoint, rights);
    return conclude(endpoint, rights, info, probe, channelFindings);
  } catch (error) {
    return away(connection.cause ?? (error as Error).message);
  } finally {
    connection.redis.disconnect();
  }
}

/** The state of Redis alone, for `/health`. */
export async function redisHealth(endpoint: RedisEndpoint, rights: RedisRights): Promise<ComponentHealth> {
  return (await inspectRedis(endpoint, rights)).health;
}

/** The state of Redis as a sentence, for people. */
export function describeRedis({ status, reason }: ComponentHealth): string {
  return `Redis: ${status}${reason === undefined ? "" : ` (${reason})`}`;
}

/** A connection that is opened once, without authentication, and reports why it failed. */
function openConnection({ address }: RedisEndpoint) {
  let cause: string | undefined;
  const redis = new Redis({
    ...address,
    protocol: 2,
    lazyConnect: true,
    disableClientInfo: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
  });
  redis.on("error", (error: Error) => (cause ??= error.message));
  return {
    redis,
    open: () => redis.connect(),
    get cause() {
      return cause;
    },
  };
}

/** The message of an error reply; undefined when there is none. Rejects when there is no reply. */
async function rejectionOf(reply: Promise<unknown>): Promise<string | undefined> {
  try {
    await reply;
    return undefined;
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    return (error as Error).message;
  }
}

function isDenial(rejection: string | undefined): boolean {
  return rejection?.startsWith("NOPERM") === true;
}

/** A Redis that does not let the user read INFO has no version; the missing right is found by the probe. */
function onlyOutages(error: unknown): string {
  if (error instanceof ReplyError && isDenial((error as Error).message)) return "";
  throw error;
}

function parseInfo(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split("\r\n").flatMap((line) => {
      const [name, value] = line.split(/:(.*)/, 2);
      return name !== undefined && value !== undefined ? [[name, value]] : [];
    }),
  );
}

interface RightsProbe {
  /** Commands that the user may not run, and those that it should not be able to run but may. */
  readonly denied: readonly RedisCommand[];
  readonly excessive: readonly RedisCommand[];
  /** A reply of a Redis that accepts no writes at the moment. */
  readonly unwritable?: string | undefined;
}

/** Redis checks the rights to a command when it is queued; the connection is closed without an EXEC. */
async function probeRights(redis: Redis, rights: RedisRights): Promise<RightsProbe> {
  const start: RedisCommand = ["multi"];
  // Outside a transaction the commands would be executed.
  if ((await rejectionOf(redis.call(...start))) !== undefined) return { denied: [start], excessive: [] };
  const replyTo = async (command: RedisCommand) => ({
    command,
    rejection: await rejectionOf(redis.call(...command)),
  });
  const required = await Promise.all([["info"] as const, ...rights.required].map(replyTo));
  const excessive = await Promise.all((rights.excessive ?? []).map(replyTo));
  const unwritable = required.find(({ rejection }) =>
    /^(OOM|READONLY|MISCONF|NOREPLICAS)/.test(rejection ?? ""),
  );
  return {
    denied: required.filter(({ rejection }) => isDenial(rejection)).map(({ command }) => command),
    excessive: excessive.filter(({ rejection }) => !isDenial(rejection)).map(({ command }) => command),
    unwritable: unwritable?.rejection,
  };
}

async function probeChannel(endpoint: RedisEndpoint, { channel, settings }: RedisRights): Promise<Finding[]> {
  if (channel === undefined) return [];
  const { redis, open } = openConnection(endpoint);
  try {
    await open();
    await redis.call("auth", endpoint.username, endpoint.password.reveal());
    const rejection = await rejectionOf(redis.subscribe(channel));
    if (rejection === undefined) return [];
    return [
      warning(
        `${settings.username}: ${endpoint.username} may not subscribe to ${channel}, so that every request reads from ` +
          "Redis; deploy/redis.acl has the rights",
      ),
    ];
  } finally {
    redis.disconnect();
  }
}

function conclude(
  endpoint: RedisEndpoint,
  rights: RedisRights,
  info: Readonly<Record<string, string>>,
  probe: RightsProbe,
  channelFindings: readonly Finding[],
): RedisInspection {
  const faults = [...versionFaults(info), ...rightsFaults(endpoint, rights, probe)];
  if (faults.length > 0) return misconfigured(faults);
  const health = writability(probe.unwritable);
  const findings = [
    good(`Redis ${info.redis_version ?? ""} accepts ${endpoint.username}, with the rights that it needs`),
    ...(health.status === "ok" ? [] : [warning(`FJMCP_REDIS: Redis accepts no writes: ${health.reason}`)]),
    persistence(info),
    ...memoryFindings(info),
    ...excessFindings(endpoint, rights, probe),
    ...channelFindings,
  ];
  return { health, findings };
}

function loginFault(endpoint: RedisEndpoint, { settings }: RedisRights, rejection: string): Finding {
  return fault(
    `${settings.password}: Redis rejects the user ${endpoint.username} or its password (${rejection})`,
  );
}

function versionFaults({ redis_version: version }: Readonly<Record<string, string>>): Finding[] {
  if (version === undefined || Number.parseInt(version, 10) >= minimumMajorVersion) return [];
  return [fault(`FJMCP_REDIS: Redis is ${version}, and must be ${minimumMajorVersion}.0 or newer`)];
}

function rightsFaults(
  { username }: RedisEndpoint,
  { settings }: RedisRights,
  { denied }: RightsProbe,
): Finding[] {
  if (denied.length === 0) return [];
  return [
    fault(
      `${settings.username}: ${username} may not run ${namesOf(denied)}: give it the rights of deploy/redis.acl`,
    ),
  ];
}

function excessFindings(
  { username }: RedisEndpoint,
  { settings }: RedisRights,
  { excessive }: RightsProbe,
): Finding[] {
  if (excessive.length === 0) return [];
  return [
    warning(
      `${settings.username}: ${username} may also run ${namesOf(excessive)}: give it only the rights of deploy/redis.acl`,
    ),
  ];
}

function namesOf(commands: readonly RedisCommand[]): string {
  return commands.map(([name, ...keys]) => [name.toUpperCase(), ...keys.slice(0, 1)].join(" ")).join(", ");
}

function persistence({ aof_enabled: appendOnly }: Readonly<Record<string, string>>): Finding {
  return appendOnly === "1"
    ? good("Redis appends its writes to a file (appendonly yes)")
    : warning(
        "FJMCP_REDIS: Redis keeps its data in memory (appendonly no): a restart of it loses writes, and revoked access " +
          "may return; set appendonly yes and appendfsync always",
      );
}

/** A Redis that evicts loses decisions, such as a revocation; one that is nearly full soon rejects writes. */
function memoryFindings(info: Readonly<Record<string, string>>): Finding[] {
  const { maxmemory_policy: policy, maxmemory, used_memory: used } = info;
  const findings: Finding[] = [];
  if (policy !== undefined && policy !== "noeviction")
    findings.push(
      warning(`FJMCP_REDIS: maxmemory-policy is ${policy}, so that a full Redis loses data; set noeviction`),
    );
  const share = Number(used) / Number(maxmemory);
  // Above 1 it rejects writes, which another finding says.
  if (share >= nearlyFull && share <= 1)
    findings.push(
      warning(
        `FJMCP_REDIS: Redis uses ${Math.round(share * 100)} % of its maxmemory; raise it before it is full`,
      ),
    );
  return findings;
}

/** From the reply to a write, see redis.conf: maxmemory, replica-read-only, stop-writes-on-bgsave-error. */
function writability(rejection: string | undefined): ComponentHealth {
  if (rejection === undefined) return healthy;
  return { status: rejection.startsWith("OOM") ? "full" : "read_only", reason: rejection };
}

function away(reason: string): RedisInspection {
  return { health: { status: "away", reason }, findings: [] };
}

function misconfigured(findings: readonly Finding[]): RedisInspection {
  return {
    health: { status: "misconfigured", reason: findings.map(({ text }) => text).join("; ") },
    findings,
  };
}
