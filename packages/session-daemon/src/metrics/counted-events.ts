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
    sessionClosed(...args) {
      metrics.onSessionsEnded("client", 1);
      events.sessionClosed(...args);
    },
    sessionEnded(...args) {
      metrics.onSessionsEnded("worker_ended", 1);
      events.sessionEnded(...args);
    },
    sessionsEnded(ended) {
      metrics.onSessionsEnded(ended.reason, ended.sessions.length);
      events.sessionsEnded(ended);
    },
  };
}
