import type { Test } from "tap";
import type { Container } from "./container.ts";
import { reportFigure } from "./figure.ts";

/**
 * Asserts that each service's exposure is at most its limit: what `systemd-analyze security` says in the container, from 0
 * (best) to 10. `system` is named in the report.
 */
export async function assertExposure(
  t: Test,
  container: Container,
  system: string,
  limits: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [service, limit] of Object.entries(limits)) {
    const report = await container.attempt([
      "systemd-analyze",
      "security",
      "--no-pager",
      `${service}.service`,
    ]);
    const level = /Overall exposure level for \S+: ([\d.]+)/.exec(report.stdout)?.[1];
    if (level === undefined)
      throw new Error(`no exposure of ${service}:\n${report.stdout}\n${report.stderr}`);
    reportFigure(t, `${system}: exposure of ${service} (systemd-analyze security)`, level);
    t.ok(Number(level) <= limit, `${service}: ${level} is at most ${limit}`);
  }
}
