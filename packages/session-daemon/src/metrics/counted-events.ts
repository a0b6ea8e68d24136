import type { Events } from "../events.ts";
import type { RequestMetrics } from "./request-metrics.ts";

/** The events, with those of sessions counted too. */
export function countedEvents(events: Events, metrics: RequestMetrics): Events {
  return {
    ...events,
    sessionOpened(...args) {
      metrics.onSessionOpened();
      events.sessionOpened(...args);
    },
    sessionClosedByClient(...args) {
      metrics.onSessionsEnded("client", 1);
      events.sessionClosedByClient(...args);
    },
    sessionEndedWithWorker(...args) {
      metrics.onSessionsEnded("worker_ended", 1);
      events.sessionEndedWithWorker(...args);
    },
    sessionsEndedWithGrants(ended) {
      metrics.onSessionsEnded("access_ended", ended.count);
      events.sessionsEndedWithGrants(ended);
    },
    sessionsEnded(ended) {
      metrics.onSessionsEnded(ended.reason, ended.sessions.length);
      events.sessionsEnded(ended);
    },
  };
}
