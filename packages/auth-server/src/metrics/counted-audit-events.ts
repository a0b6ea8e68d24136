import type { AuditEvents } from "../audit-events.ts";
import type { AuthMetrics } from "./auth-metrics.ts";

/** RFC 6749 §5.2 and the extensions that oidc-provider implements; other errors are counted as `other`. */
const tokenErrors = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_target",
  "authorization_pending",
  "slow_down",
  "expired_token",
  "access_denied",
]);
const grantTypes = new Set([
  "authorization_code",
  "refresh_token",
  "urn:ietf:params:oauth:grant-type:device_code",
]);

/** The events, with those of logins, tokens, grants and requests counted too. */
export function countedAuditEvents(events: AuditEvents, metrics: AuthMetrics): AuditEvents {
  return {
    ...events,
    clientRegistered(client) {
      metrics.registrations.inc({ outcome: "ok" });
      events.clientRegistered(client);
    },
    registrationRejected(rejection) {
      metrics.registrations.inc({ outcome: "rejected" });
      events.registrationRejected(rejection);
    },
    loginStarted(login) {
      metrics.logins.inc({ outcome: "started" });
      events.loginStarted(login);
    },
    loginDenied(login) {
      metrics.logins.inc({ outcome: "denied" });
      events.loginDenied(login);
    },
    loginCompleted(completed) {
      metrics.logins.inc({ outcome: "completed" });
      events.loginCompleted(completed);
    },
    loginFailed(failure) {
      metrics.logins.inc({ outcome: "failed" });
      events.loginFailed(failure);
    },
    tokensIssued(issued) {
      metrics.tokensIssued.inc({ grant_type: known(grantTypes, issued.grantType) });
      events.tokensIssued(issued);
    },
    tokenRequestRejected(rejection) {
      metrics.tokenRequestsRejected.inc({ error: known(tokenErrors, rejection.error) });
      events.tokenRequestRejected(rejection);
    },
    grantRevoked(grant) {
      metrics.grantsRevoked.inc({ reason: grant.reason });
      events.grantRevoked(grant);
    },
    requestServed(request) {
      metrics.requests.inc({ code: `${Math.floor(request.status / 100)}xx` });
      events.requestServed(request);
    },
  };
}

function known(values: ReadonlySet<string>, value: string): string {
  return values.has(value) ? value : "other";
}
