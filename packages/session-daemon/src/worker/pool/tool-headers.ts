import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { ParamHeader } from "../param-header.ts";
import type { GrantWorkers } from "./grant-workers.ts";
import { waitForWorker } from "./wait-for-worker.ts";

const none: readonly ParamHeader[] = [];

/** The headers of the tool, where they are known or once a worker has listed its tools; see WorkerPool. */
export function toolHeaders(
  workers: GrantWorkers,
  caller: AuthenticatedCaller,
  tool: string,
  signal: () => AbortSignal,
): readonly ParamHeader[] | Promise<readonly ParamHeader[]> {
  const known = workers.lists.paramHeaders;
  if (known !== undefined) return known.get(tool) ?? none;
  return waitForWorker(workers, caller, signal()).then(async ({ worker }) => {
    const headers = await workers.lists.readParamHeaders(worker);
    return headers.get(tool) ?? none;
  });
}
