import type { Log } from "@fjmcp/shared/log";
import { CallAudit } from "./call-audit.ts";
import type { CallObserver } from "./call-observer.ts";
import { CallRecorder, type CallMetrics, type ToolCalls } from "./call-recorder.ts";
import { ToolNames } from "./tool-names.ts";

interface CallObservation {
  readonly observer: CallObserver;
  /** To be called with the names of all tools that a child lists. */
  onTools(names: readonly string[]): void;
  /** Writes the lines of the audit that are not written yet. */
  flush(): void;
}

/** Counts all calls in the metrics, and writes those of tools to the audit in the log. */
export function observeCalls(log: Log, metrics: CallMetrics, toolCalls: ToolCalls): CallObservation {
  const audit = new CallAudit(log);
  const tools = new ToolNames();
  return {
    observer: new CallRecorder({ audit, metrics, tools, toolCalls }),
    onTools: (names) => tools.add(names),
    flush: () => audit.flush(),
  };
}
