import type { Clock } from "@fjmcp/shared/clock";
import type { GrantId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import type { ChildTools } from "../../policy/child-tools.ts";
import type { ListKind } from "../call.ts";
import type { GrantClients } from "../grant-clients.ts";
import type { ChildEraMemory } from "../mcp-client/child-era-memory.ts";
import type { SandboxChoice } from "../sandbox/sandbox-choice.ts";
import type { WorkerCgroups } from "../sandbox/worker-cgroups.ts";
import type { SessionClients } from "../session-clients.ts";
import type { WorkerMetrics } from "../worker-metrics.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";
import type { UserCheckSource } from "./user-check-source.ts";
import type { WorkerSettings } from "./worker-settings.ts";

export interface WorkerPoolDeps extends WorkerSettings {
  /** What `child` has turned out to speak. */
  readonly childEra: ChildEraMemory;
  readonly sandbox: SandboxChoice;
  /** Undefined where none are delegated. */
  readonly cgroups: WorkerCgroups | undefined;
  /** The child's tools are known: it responds to `initialize` in the same way for all accounts. */
  readonly hasToolTable: () => boolean;
  /** A child whose line is longer is ended. */
  readonly maxLineBytes: number;
  readonly upstreamTokens: UpstreamTokenSource;
  readonly userCheck: UserCheckSource;
  /** The least time between two checks of one account that calls bring about. */
  readonly userCheckPauseMs: number;
  readonly childTools: ChildTools;
  readonly clients: GrantClients;
  /** Called when a list may have changed, before `clients.onListChanged`. */
  readonly onListStale: (grantId: GrantId, kind: ListKind) => void;
  /** Undefined: the sessions of a grant share its workers. */
  readonly sessionClients: SessionClients | undefined;
  /** Called with the names of all tools that a child lists. */
  readonly onTools?: (tools: readonly string[]) => void;
  readonly metrics?: WorkerMetrics;
  readonly clock: Clock;
  readonly log: Log;
}
