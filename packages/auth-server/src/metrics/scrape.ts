import { controlPaths } from "@fjmcp/shared/ipc/control";
import { IpcUnavailableError, requestIpc } from "@fjmcp/shared/ipc/ipc-client";
import { mergeMetrics } from "./merge-metrics.ts";
import type { Registry } from "prom-client";

/** Less than the 10 s that Prometheus waits. */
const timeoutMs = 5_000;

/** What a scrape returns, in the Prometheus text format. */
export interface Scrape {
  readonly contentType: string;
  /** The metrics of both daemons; of the auth-server alone while the session-daemon does not respond. */
  text(): Promise<string>;
}

export function createScrape(registry: Registry, controlSocket: string): Scrape {
  async function sessionDaemonText(): Promise<string> {
    try {
      return await requestIpc({ socketPath: controlSocket, path: controlPaths.metrics, timeoutMs });
    } catch (error) {
      // Its absence is in fjmcp_dependency_up.
      if (error instanceof IpcUnavailableError) return "";
      throw error;
    }
  }

  return {
    contentType: registry.contentType,
    text: async () => mergeMetrics(await Promise.all([registry.metrics(), sessionDaemonText()])),
  };
}
