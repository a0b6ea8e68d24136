import type { FixtureGrant } from "./grants.ts";
import type { RunningDaemon } from "./running-daemon.ts";
import { StatelessClient } from "./stateless-client.ts";

const request = (method: string, uri: string) => ({ jsonrpc: "2.0", id: 1, method, params: { uri } });
export const subscribe = (uri: string) => request("resources/subscribe", uri);
export const unsubscribe = (uri: string) => request("resources/unsubscribe", uri);

/** A request of a client without sessions. */
export const listen = (...resourceSubscriptions: readonly string[]) => ({
  id: "s",
  method: "subscriptions/listen",
  params: { notifications: { resourceSubscriptions } },
});

export const updated = (uri: string) => ({
  jsonrpc: "2.0",
  method: "notifications/resources/updated",
  params: { uri },
});

interface Filter {
  readonly toolsListChanged?: boolean;
  readonly resourceSubscriptions?: readonly string[];
}

/** The child of a grant, a stub of 2026-07-28, used by a client without sessions. */
export function listeningChild(daemon: RunningDaemon, grant: FixtureGrant) {
  const client = new StatelessClient(daemon, grant);
  const use = async (tool: string, args: object = {}) =>
    (await client.call(tool, args)).json.result.content[0]!.text;
  return {
    streams: async () => JSON.parse(await use("streams")) as Filter[],
    /** The number of streams that have got the update. */
    touch: async (uri: string) => (JSON.parse(await use("touch", { uri })) as { streams: number }).streams,
    endStreams: (byNotification: boolean) => use("endStreams", { byNotification }),
  };
}

/** Kills the only worker of the account. */
export async function killWorker(daemon: RunningDaemon, accountId: string): Promise<void> {
  const { workers } = JSON.parse((await daemon.control("GET", `/workers?accountId=${accountId}`)).text) as {
    workers: { pid: number }[];
  };
  process.kill(workers[0]!.pid, "SIGKILL");
}
