import { z } from "zod";

/** The state of something that a daemon needs, as `/health` reports it. */
export const componentHealth = z.object({
  /**
   * `full` and `read_only` are states of Redis: it can be read, but not written. `away`: it does not respond as it
   * should; the daemon recovers by itself. `misconfigured`: an administrator must act.
   */
  status: z.enum(["ok", "full", "read_only", "away", "misconfigured"]),
  /** What was seen; absent when the status is `ok`. */
  reason: z.string().optional(),
});
export type ComponentHealth = z.infer<typeof componentHealth>;

export const healthy: ComponentHealth = { status: "ok" };

/** `ok` when every component is. */
export function overallStatus(components: readonly ComponentHealth[]): "ok" | "degraded" {
  return components.every(({ status }) => status === "ok") ? "ok" : "degraded";
}
