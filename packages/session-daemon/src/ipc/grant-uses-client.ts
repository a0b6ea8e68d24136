import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@fjmcp/shared/clock";
import { grantUsesPath, grantUsesResponse, type GrantUsesRequest } from "@fjmcp/shared/ipc/grant-uses";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { runPeriodically } from "@fjmcp/shared/service/run-periodically";
import { GrantUses } from "../session/grant-uses.ts";

/** No grant is reported more often. */
const reportEveryMs = 10_000;
const timeoutMs = 5_000;
/** How long a stop waits for the last report. */
const lastReportMs = 1_000;

interface ReportedGrantUses {
  readonly uses: GrantUses;
  /** Reports what is not reported yet, within a second; then no more. */
  stop(): Promise<void>;
}

/** Uses that are reported over the auth-server's IPC socket, again after a failure, which `onFailed` gets. */
export function reportGrantUses(
  socketPath: string,
  clock: Clock,
  onFailed: (error: unknown) => void,
): ReportedGrantUses {
  const uses = new GrantUses(clock, async (batch) => {
    const body = { uses: [...batch] } satisfies GrantUsesRequest;
    const path = grantUsesPath;
    const { status } = await callIpc({ socketPath, path, body, schema: grantUsesResponse, timeoutMs });
    if (status !== "ok") throw new Error("the auth-server could not record uses of grants");
  });
  const stopTask = runPeriodically(reportEveryMs, () => uses.flush(), onFailed);
  return {
    uses,
    async stop() {
      stopTask();
      const reported = uses.flush().catch(onFailed);
      await Promise.race([reported, sleep(lastReportMs, undefined, { ref: false })]);
    },
  };
}
