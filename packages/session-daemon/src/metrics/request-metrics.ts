import { addCounter } from "@fjmcp/shared/metrics/add-metric";
import type { Registry } from "prom-client";
import { sessionEnds, type SessionEnd } from "../ended-sessions.ts";

/** Counts sessions, and requests that ended with an HTTP error. */
export interface RequestMetrics {
  onSessionOpened(): void;
  /** `count` sessions ended. */
  onSessionsEnded(reason: SessionEnd, count: number): void;
  /** A request to the MCP endpoint got an HTTP error. */
  onHttpError(status: number): void;
}

export function createRequestMetrics(registry: Registry): RequestMetrics {
  const opened = addCounter(registry, {
    name: "fjmcp_sessions_opened_total",
    help: "MCP sessions that clients opened.",
  });
  const ended = addCounter(registry, {
    name: "fjmcp_sessions_ended_total",
    help: "MCP sessions that ended, by reason.",
    labels: ["reason"],
  });
  const errors = addCounter(registry, {
    name: "fjmcp_http_errors_total",
    help: "Requests to the MCP endpoint that got an HTTP error, by status; 401 includes every first request.",
    labels: ["status"],
  });
  for (const reason of sessionEnds) ended.inc({ reason }, 0);
  return {
    onSessionOpened: () => opened.inc(),
    onSessionsEnded: (reason, count) => ended.inc({ reason }, count),
    onHttpError: (status) => errors.inc({ status }),
  };
}
