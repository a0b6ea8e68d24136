import { LatencyHistogram, type LatencySeries } from "@fjmcp/shared/metrics/latency-histogram";
import { addCounter } from "@fjmcp/shared/metrics/add-metric";
import type { Registry } from "prom-client";
import type { CallMetrics } from "../observation/call-recorder.ts";
import type { CallOutcome } from "../observation/call-observer.ts";
import { callFailures, type CallFailure } from "../worker/call.ts";

/** The calls of one method or tool. */
interface Calls {
  readonly latency: LatencySeries;
  readonly outcomes: Record<CallOutcome, number>;
}

/** For all names that no tool of the child has, and for tools beyond `maxTools`. */
const otherTools = "other";
/** Each tool that was called costs the time series of a histogram. */
const maxTools = 300;

/** CallMetrics for Prometheus. Once a method or tool has a series, a call costs two look-ups and some additions. */
export function createCallMetrics(registry: Registry): CallMetrics {
  const methods = callsBy(registry, "method", {
    total: { name: "fjmcp_requests_total", help: "Requests to the MCP server, by method and outcome." },
    seconds: { name: "fjmcp_request_duration_seconds", help: "Duration of requests to the MCP server." },
  });
  const tools = callsBy(registry, "tool", {
    total: { name: "fjmcp_tool_calls_total", help: "Calls of tools, by tool and outcome." },
    seconds: { name: "fjmcp_tool_call_duration_seconds", help: "Duration of calls of tools." },
  });
  const failures = addCounter(registry, {
    name: "fjmcp_call_failures_total",
    help: "Requests without a response of the MCP server, by reason.",
    labels: ["reason"],
  });
  for (const reason of callFailures) failures.inc({ reason }, 0);
  const called = new Set([otherTools]);
  return {
    onRequest: methods,
    onToolCall(tool = otherTools, outcome, seconds) {
      if (!called.has(tool) && called.size < maxTools) called.add(tool);
      tools(called.has(tool) ? tool : otherTools, outcome, seconds);
    },
    onFailure: (reason: CallFailure) => failures.inc({ reason }),
  };
}

function callsBy(
  registry: Registry,
  label: string,
  metrics: Record<"total" | "seconds", { name: string; help: string }>,
) {
  const byName = new Map<string, Calls>();
  const histogram = new LatencyHistogram(registry, { ...metrics.seconds, label });
  addCounter(registry, { ...metrics.total, labels: [label, "outcome"] }, (counter) => {
    for (const [name, { outcomes }] of byName)
      for (const [outcome, count] of Object.entries(outcomes)) counter.inc({ [label]: name, outcome }, count);
  });
  return (name: string, outcome: CallOutcome, seconds: number) => {
    let calls = byName.get(name);
    if (calls === undefined) {
      calls = { latency: histogram.series(name), outcomes: noCalls() };
      byName.set(name, calls);
    }
    calls.latency.observe(seconds);
    calls.outcomes[outcome]++;
  };
}

function noCalls(): Record<CallOutcome, number> {
  return { ok: 0, tool_error: 0, rpc_error: 0, rejected: 0, cancelled: 0, timeout: 0, revoked: 0, failed: 0 };
}
