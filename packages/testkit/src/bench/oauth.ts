import { mcpResource, scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { Redis } from "ioredis";
import { join } from "node:path";
import { startSandboxForgejo, type SandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { newPkce } from "../oauth-client/pkce.ts";
import { ScriptedOAuthClient } from "../oauth-client/scripted-oauth-client.ts";
import { freePort } from "../process/free-port.ts";
import { startProcess } from "../process/managed-process.ts";
import { ScriptedUser } from "../scripted-user/scripted-user.ts";
import { sandboxAccess } from "../stack/sandbox-access.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import { median, percentile, type Measurement, type Plan } from "./measure.ts";
import { redeem, refresh, type IssuedCode, type Load, type TokenEndpoint } from "./token-endpoint.ts";

const accounts = 20;
/** The in-memory adapter keeps a thousand entries; each code leaves five. */
const codesPerRound = 80;
/**
 * Requests in flight: few, whose durations are those of single clients, and enough that the auth-server works on some while
 * Redis syncs the writes of others. The in-memory adapter never waits.
 */
const concurrencies = [8, 32] as const;
/** Whose grants are weighed. */
const weighedAccounts = 250;
/** What expires sooner belongs to a sign-in and not to the grant. */
const shortLivedMs = 3600 * 1000;

/** A source of codes and the endpoint that redeems them. */
interface Issuer extends TokenEndpoint {
  codes(count: number): Promise<IssuedCode[]>;
}

/**
 * The token endpoint of the auth-server beside oidc-provider with its own in-memory adapter: codes and refreshes per second,
 * and their durations; then the memory that grants need in Redis.
 */
export async function measureOAuth({ rounds, durationMs }: Plan): Promise<Measurement[]> {
  await using opened = new AsyncDisposableStack();
  const users = Array.from({ length: accounts + weighedAccounts }, (_, index) => ({ name: `user${index}` }));
  const forgejo = await startSandboxForgejo({ users });
  opened.defer(() => forgejo.close());
  // The limits would reject most of what is sent here from one address.
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    authServer: { FJMCP_RATE_LIMITS: "off" },
    // Each redeemed code asks for a worker: with one, which soon runs, the session-daemon starts no more beside the measurement.
    sessionDaemon: { FJMCP_MAX_WORKERS: "1" },
  });
  opened.defer(() => stack.close());
  const ours = await ourIssuer(stack, forgejo);
  const bare = await bareIssuer(stack, opened);

  const redeemed: Pairs = new Map(concurrencies.map((concurrency) => [concurrency, []]));
  const refreshed: Pairs = new Map(concurrencies.map((concurrency) => [concurrency, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const concurrency of concurrencies) {
      const baseline = await redeem(bare, await bare.codes(codesPerRound), concurrency);
      const value = await redeem(ours, await ours.codes(codesPerRound), concurrency);
      // The first round compiles.
      if (round === 0 && rounds > 1) continue;
      redeemed.get(concurrency)!.push({ baseline: baseline.load, value: value.load });
      refreshed.get(concurrency)!.push({
        baseline: await refresh(bare, baseline.grants, concurrency, durationMs),
        value: await refresh(ours, value.grants, concurrency, durationMs),
      });
    }
  }
  return [
    ...loadRows("code for tokens", redeemed),
    ...loadRows("refresh", refreshed),
    ...(await grantMemory(stack, forgejo, ours)),
  ];
}

/** By concurrency. */
type Pairs = ReadonlyMap<number, Pair[]>;

interface Pair {
  readonly value: Load;
  readonly baseline: Load;
}

/** The goal is for the rate at the highest concurrency, which is what the servers can do. */
function loadRows(name: string, pairs: Pairs): Measurement[] {
  return [...pairs].flatMap(([concurrency, ofConcurrency]) => {
    const row = (title: string, of: (load: Load) => number) => ({
      name: title,
      value: median(ofConcurrency.map(({ value }) => of(value))),
      baseline: median(ofConcurrency.map(({ baseline }) => of(baseline))),
      ratio: median(ofConcurrency.map(({ value, baseline }) => of(value) / of(baseline))),
    });
    const rate = row(`${name}, C=${concurrency}`, ({ perSecond }) => perSecond);
    const hasGoal = concurrency === Math.max(...concurrencies);
    return [
      hasGoal ? { ...rate, goal: "≥ 0.7", reached: rate.ratio >= 0.7 } : rate,
      row("  half of them within, ms", ({ durationsMs }) => median(durationsMs)),
      row("  99 % of them within, ms", ({ durationsMs }) => percentile(durationsMs, 0.99)),
    ];
  });
}

async function ourIssuer(stack: Stack, forgejo: SandboxForgejo): Promise<Issuer> {
  const signedIn = forgejo.users.slice(0, accounts).map((user) => new ScriptedUser(user));
  const first = await ScriptedOAuthClient.register(stack.mcpUrl);
  return {
    url: first.server.token_endpoint,
    async codes(count) {
      const each = count / accounts;
      const ofUser = async (user: ScriptedUser) => {
        const client = await ScriptedOAuthClient.register(stack.mcpUrl);
        const codes: IssuedCode[] = [];
        for (let index = 0; index < each; index += 1) codes.push(await signIn(client, user));
        return codes;
      };
      return (await Promise.all(signedIn.map(ofUser))).flat();
    },
  };
}

async function signIn(client: ScriptedOAuthClient, user: ScriptedUser): Promise<IssuedCode> {
  const { clientId, redirectUri } = client;
  const { url, pkce } = client.authorize();
  const redirect = await user.signInAndAllow(url, { stopAt: redirectUri });
  const code = redirect.searchParams.get("code") ?? "";
  return { code, clientId, redirectUri, verifier: pkce.verifier };
}

async function bareIssuer({ dir, issuer }: Stack, opened: AsyncDisposableStack): Promise<Issuer> {
  const port = String(await freePort());
  const clientId = "bench";
  const redirectUri = "http://127.0.0.1:33418/callback";
  const script = join(import.meta.dirname, "bare-provider.ts");
  const running = await startProcess({
    name: "bare-provider",
    command: process.execPath,
    arguments: [script, port, clientId, redirectUri, mcpResource(issuer), scopes.join(" ")],
    env: { PATH: process.env.PATH ?? "" },
    logFile: join(dir, "bare-provider.log"),
    isReady: (log) => log.includes("ready"),
  });
  opened.defer(async () => void (await running.end()));
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: `${origin}/token`,
    async codes(count) {
      const { verifier, challenge } = newPkce();
      const query = new URLSearchParams({ count: String(count), challenge });
      const response = await fetch(`${origin}/codes?${query.toString()}`);
      const codes = (await response.json()) as string[];
      return codes.map((code) => ({ code, clientId, redirectUri, verifier }));
    },
  };
}

/** The memory of grants in Redis, their tokens and those of Forgejo included: the first grant of each account, then another. */
async function grantMemory(
  { redis, mcpUrl }: Stack,
  forgejo: SandboxForgejo,
  endpoint: TokenEndpoint,
): Promise<Measurement[]> {
  const client = new Redis(redis.unrestricted);
  const users = forgejo.users.slice(accounts).map((user) => new ScriptedUser(user));
  const signInAll = async () => {
    const left = [...users];
    const worker = async () => {
      for (let user = left.pop(); user !== undefined; user = left.pop())
        await redeem(endpoint, [await signIn(await ScriptedOAuthClient.register(mcpUrl), user)], 1);
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    return await lastingMiB(client);
  };
  try {
    const atFirst = await lastingMiB(client);
    const ofAccounts = (((await signInAll()) - atFirst) / users.length) * 10_000;
    const ofHalf = (((await signInAll()) - atFirst) / (2 * users.length)) * 10_000;
    return [
      { name: "10,000 grants of 5,000 accounts, MiB", value: ofHalf, goal: "≤ 50", reached: ofHalf <= 50 },
      { name: "  of 10,000 accounts, MiB", value: ofAccounts },
    ];
  } finally {
    client.disconnect();
  }
}

/** The memory of Redis once everything short-lived is deleted. */
async function lastingMiB(redis: Redis): Promise<number> {
  for await (const keys of redis.scanStream({ count: 1000 }) as AsyncIterable<string[]>) {
    const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
    const shortLived = keys.filter((_, index) => lives[index]! >= 0 && lives[index]! <= shortLivedMs);
    if (shortLived.length > 0) await redis.del(shortLived);
  }
  return Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]) / 1024 ** 2;
}
