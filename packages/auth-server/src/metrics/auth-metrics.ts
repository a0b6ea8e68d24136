import { addCounter } from "@fjmcp/shared/metrics/add-metric";
import { LatencyHistogram } from "@fjmcp/shared/metrics/latency-histogram";
import type { Counter, Registry } from "prom-client";
import { revocationReasons } from "@fjmcp/shared/ipc/explain";

/** The counters of the auth-server. A label has a value of a fixed set, never one that a client sent. */
export interface AuthMetrics {
  readonly registrations: Counter;
  readonly logins: Counter;
  readonly tokensIssued: Counter;
  readonly tokenRequestsRejected: Counter;
  readonly grantsRevoked: Counter;
  readonly requests: Counter;
  readonly forgejo: { onRequest(operation: string, outcome: string, seconds: number): void };
}

export function createAuthMetrics(registry: Registry): AuthMetrics {
  const counter = (name: string, help: string, label: string) =>
    addCounter(registry, { name, help, labels: [label] });
  const logins = counter("fjmcp_logins_total", "Logins, by how they ended.", "outcome");
  for (const outcome of ["started", "denied", "completed", "failed"]) logins.inc({ outcome }, 0);
  const revoked = counter("fjmcp_grants_revoked_total", "Revoked grants (sign-outs), by reason.", "reason");
  for (const reason of revocationReasons) revoked.inc({ reason }, 0);
  const issued = counter("fjmcp_tokens_issued_total", "Tokens issued to clients.", "grant_type");
  for (const type of ["authorization_code", "refresh_token"]) issued.inc({ grant_type: type }, 0);
  const rejected = counter(
    "fjmcp_token_requests_rejected_total",
    "Rejected token requests, by the error of RFC 6749.",
    "error",
  );
  for (const error of ["invalid_grant", "invalid_client"]) rejected.inc({ error }, 0);
  const forgejoRequests = addCounter(registry, {
    name: "fjmcp_forgejo_requests_total",
    help: "Requests to Forgejo, by operation and outcome; refreshes are its token refreshes.",
    labels: ["operation", "outcome"],
  });
  const forgejoSeconds = new LatencyHistogram(registry, {
    name: "fjmcp_forgejo_request_duration_seconds",
    help: "Duration of requests to Forgejo, by operation.",
    label: "operation",
  });
  return {
    logins,
    grantsRevoked: revoked,
    tokensIssued: issued,
    registrations: counter("fjmcp_registrations_total", "Registrations of clients, by outcome.", "outcome"),
    tokenRequestsRejected: rejected,
    requests: counter(
      "fjmcp_http_requests_total",
      "Requests to the public endpoints, by class of status.",
      "code",
    ),
    forgejo: {
      onRequest(operation, outcome, seconds) {
        forgejoRequests.inc({ operation, outcome });
        forgejoSeconds.series(operation).observe(seconds);
      },
    },
  };
}
