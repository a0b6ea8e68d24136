import { clientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, Hash } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import { sessionRef } from "@fjmcp/shared/session-ref";
import type { Principal } from "@fjmcp/shared/principal";
import { maxToolsPerLine } from "../events.ts";
import { maxLinesPerSecond, secondMs } from "../session-lines.ts";
import type { CallOutcome } from "./call-observer.ts";

/** A `tools/call` that has ended. */
interface AuditedCall {
  readonly owner: Principal;
  readonly session: Hash | undefined;
  /** A name of the child's list or of its table. Undefined for any other, which a client may have made up: it is not logged. */
  readonly tool: string | undefined;
  readonly toolClass: string;
  readonly outcome: CallOutcome;
  readonly ms: number;
  readonly traceId: string | undefined;
}

/** The calls of one account in one second. */
interface AccountSecond {
  lines: number;
  counted: number;
  readonly outcomes: Map<string, number>;
  readonly tools: Map<string, number>;
}

const unknownTools = "unknown tools";
/** For those beyond `maxToolsPerLine`. */
const furtherTools = "further tools";
const bufferMs = 100;
/** Over all accounts, between two writes. */
const maxBuffered = 5_000;

/**
 * The audit of tool calls: one line for each, never its arguments or its result. Lines are written every 100 ms, off the
 * way of responses. Of more than 50 calls of an account in one second, the others become one line with their number by
 * outcome and tool, so that none is hidden.
 */
export class CallAudit {
  readonly #log: Log;
  #buffer: AuditedCall[] = [];
  #accounts = new Map<AccountId, AccountSecond>();
  #writing: NodeJS.Timeout | undefined;
  #counting: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add(call: AuditedCall): void {
    const { accountId } = call.owner;
    let second = this.#accounts.get(accountId);
    if (second === undefined) {
      second = { lines: 0, counted: 0, outcomes: new Map(), tools: new Map() };
      this.#accounts.set(accountId, second);
      this.#counting ??= setTimeout(() => this.#count(), secondMs).unref();
    }
    if (second.lines < maxLinesPerSecond && this.#buffer.length < maxBuffered) {
      second.lines++;
      this.#buffer.push(call);
      this.#writing ??= setTimeout(() => this.#write(), bufferMs).unref();
      return;
    }
    second.counted++;
    increment(second.outcomes, call.outcome);
    const tool = call.tool ?? unknownTools;
    const isNamed = second.tools.has(tool) || second.tools.size < maxToolsPerLine;
    increment(second.tools, isNamed ? tool : furtherTools);
  }

  /** Writes all that is not written yet: for the end of the process. */
  flush(): void {
    this.#write();
    this.#count();
  }

  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    const calls = this.#buffer;
    this.#buffer = [];
    for (const call of calls) this.#log.info(fieldsOf(call), "a tool was called");
  }

  #count(): void {
    clearTimeout(this.#counting);
    this.#counting = undefined;
    const accounts = this.#accounts;
    this.#accounts = new Map();
    for (const [accountId, { counted, outcomes, tools }] of accounts) {
      if (counted === 0) continue;
      const counts = { outcomes: Object.fromEntries(outcomes), tools: Object.fromEntries(tools) };
      this.#log.info(
        { event: "tool_call.counted", accountId, count: counted, ...counts },
        "more tool calls of an account in one second",
      );
    }
  }
}

function fieldsOf({ owner, session, tool, toolClass, outcome, ms, traceId }: AuditedCall) {
  const { grantId, accountId, clientId } = owner;
  return {
    event: "tool_call.completed",
    grantId,
    accountId,
    clientRef: clientRef(clientId),
    ...(session !== undefined && { sessionRef: sessionRef(session) }),
    tool: tool ?? unknownTools,
    class: toolClass,
    outcome,
    ms: Math.round(ms),
    ...(traceId !== undefined && { traceId }),
  };
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
