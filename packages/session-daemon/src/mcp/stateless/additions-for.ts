import { ResultAdditions } from "./result-additions.ts";

/** The methods whose results carry hints for caches (MCP 2026-07-28, "Cacheable Results"); `server/discover` has its own. */
const cacheableMethods: ReadonlySet<string> = new Set([
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
]);

interface BothAdditions {
  readonly cacheable: ResultAdditions;
  readonly other: ResultAdditions;
}

const unnamed = both(undefined);
const byServer = new WeakMap<object, BothAdditions>();

/** What to add to results of the method; serialised once for each object that names a server. */
export function additionsFor(method: string, serverInfo: object | undefined): ResultAdditions {
  const { cacheable, other } = serverInfo === undefined ? unnamed : ofServer(serverInfo);
  return cacheableMethods.has(method) ? cacheable : other;
}

function ofServer(serverInfo: object): BothAdditions {
  let additions = byServer.get(serverInfo);
  if (additions === undefined) {
    additions = both(JSON.stringify(serverInfo));
    byServer.set(serverInfo, additions);
  }
  return additions;
}

function both(serverInfoJson: string | undefined): BothAdditions {
  return {
    cacheable: new ResultAdditions(true, serverInfoJson),
    other: new ResultAdditions(false, serverInfoJson),
  };
}
