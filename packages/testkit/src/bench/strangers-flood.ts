import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formBody } from "../oauth-client/oauth-request.ts";
import { startProcess } from "../process/managed-process.ts";
import { HttpConnection, httpPost } from "./http-connection.ts";
import { call } from "./requests.ts";
import { openSession } from "./sessions.ts";
import type { Targets } from "./targets.ts";

/** More than any group of users sends, and less than the load generator itself needs a processor for. */
const requestsPerSecond = 1000;
/** So that the refreshes of a round stay below the limit of an account's client. */
const betweenRefreshesMs = 20;

/** Durations in milliseconds. */
interface Durations {
  readonly calls: number[];
  readonly refreshes: number[];
}

/** A user's calls and refreshes, one after the other: quiet, and during a stranger's requests of all kinds. */
export async function strangersFlood(
  { ours, signInNeighbour, stack, dir }: Pick<Targets, "ours" | "signInNeighbour" | "stack" | "dir">,
  durationMs: number,
): Promise<{ quiet: Durations; flooded: Durations }> {
  await using opened = new AsyncDisposableStack();
  const open = async (address: Parameters<typeof HttpConnection.open>[0]) =>
    opened.adopt(await HttpConnection.open(address), (connection) => connection.close());
  const { hostname, port } = new URL(stack.issuer);
  const session = await open(ours.address);
  const tokens = await open({ host: hostname, port: Number(port) });
  const request = call("small")({ ...ours, headers: await openSession(ours) }, 1);
  const grant = await signInNeighbour();

  async function refresh(): Promise<void> {
    const fields = {
      grant_type: "refresh_token",
      client_id: grant.clientId,
      refresh_token: grant.refreshToken,
    };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { head, body } = await tokens.exchange(
      httpPost("/oauth/token", formBody(fields).toString(), headers),
    );
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(`${head}\n${body.toString()}`);
    grant.refreshToken = (JSON.parse(body.toString()) as { refresh_token: string }).refresh_token;
  }

  const measure = async (): Promise<Durations> => ({
    calls: await durationsMs(() => session.exchange(request), durationMs),
    refreshes: await durationsMs(refresh, durationMs, betweenRefreshesMs),
  });
  const quiet = await measure();
  const stranger = await startProcess({
    name: "stranger",
    command: process.execPath,
    arguments: [join(import.meta.dirname, "stranger.ts"), stack.issuer, String(requestsPerSecond)],
    env: { PATH: process.env.PATH ?? "" },
    logFile: join(dir, "stranger.log"),
    isReady: (log) => log.includes("ready"),
  });
  opened.defer(async () => void (await stranger.end()));
  return { quiet, flooded: await measure() };
}

async function durationsMs(
  exchange: () => Promise<unknown>,
  durationMs: number,
  pauseMs = 0,
): Promise<number[]> {
  const durations: number[] = [];
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    const sentMs = performance.now();
    await exchange();
    durations.push(performance.now() - sentMs);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  return durations;
}
