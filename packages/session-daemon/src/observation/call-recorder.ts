import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { traceIdOf } from "../jsonrpc/trace-context.ts";
import type { CallFailure } from "../worker/call.ts";
import type { CallAudit } from "./call-audit.ts";
import type { CallObserver, CallOutcome, ObservedCall } from "./call-observer.ts";
import type { ToolNames } from "./tool-names.ts";

/** Counts calls; called for each one. */
export interface CallMetrics {
  /** `method` is one of those that are forwarded. */
  onRequest(method: string, outcome: CallOutcome, seconds: number): void;
  /** `tool` is undefined for a name that no tool has. */
  onToolCall(tool: string | undefined, outcome: CallOutcome, seconds: number): void;
  onFailure(failure: CallFailure): void;
}

/** What is known of tools, and where their calls are reported. */
export interface ToolCalls {
  /** The class of a tool, such as `read`, `write` or `destructive`; undefined for a name that no table knows. */
  classOf(name: string): string | undefined;
  /** A call of a tool that exists has ended; not one that the policy rejected. */
  onCalled(owner: Principal, tool: string): void;
}

interface CallRecorderDeps {
  readonly audit: CallAudit;
  readonly metrics: CallMetrics;
  readonly tools: ToolNames;
  readonly toolCalls: ToolCalls;
}

/** No tool has a longer one. */
const maxNameLength = 200;

/** Records every call in the metrics, and every call of a tool in the audit. */
export class CallRecorder implements CallObserver {
  readonly #deps: CallRecorderDeps;

  constructor(deps: CallRecorderDeps) {
    this.#deps = deps;
  }

  onCall(owner: Principal, session: Hash | undefined, request: ClientRequest): ObservedCall {
    return new RecordedCall(this.#deps, owner, session, request);
  }
}

class RecordedCall implements ObservedCall {
  readonly #deps: CallRecorderDeps;
  readonly #owner: Principal;
  readonly #session: Hash | undefined;
  readonly #method: string;
  readonly #name: string | undefined;
  readonly #traceId: string | undefined;
  readonly #startedMs = performance.now();

  constructor(deps: CallRecorderDeps, owner: Principal, session: Hash | undefined, request: ClientRequest) {
    this.#deps = deps;
    this.#owner = owner;
    this.#session = session;
    this.#method = request.method;
    this.#name = boundedName(request.params?.name);
    this.#traceId = traceIdOf(request.params);
  }

  onEnd(outcome: CallOutcome): void {
    const { metrics, audit, tools, toolCalls } = this.#deps;
    const ms = performance.now() - this.#startedMs;
    metrics.onRequest(this.#method, outcome, ms / 1000);
    if (this.#method !== "tools/call") return;
    const toolClass = this.#name === undefined ? undefined : toolCalls.classOf(this.#name);
    // Looked up only now: the list of a child's tools arrives while its first call runs.
    const tool = toolClass === undefined ? tools.find(this.#name) : this.#name;
    metrics.onToolCall(tool, outcome, ms / 1000);
    if (tool !== undefined && outcome !== "rejected") toolCalls.onCalled(this.#owner, tool);
    audit.add({
      owner: this.#owner,
      session: this.#session,
      tool,
      toolClass: toolClass ?? "unknown",
      outcome,
      ms,
      traceId: this.#traceId,
    });
  }

  onFailed(failure: CallFailure): void {
    this.#deps.metrics.onFailure(failure);
  }
}

/** A long name is copied: its beginning alone would keep the whole one in memory. */
function boundedName(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  return name.length <= maxNameLength ? name : Buffer.from(name.slice(0, maxNameLength)).toString();
}
