import type { Container } from "./container.ts";

/** What `systemd-analyze security` says of the service: 0, nothing is open, to 10. */
export async function exposureOf(container: Container, service: string): Promise<number> {
  const report = await container.attempt(["systemd-analyze", "security", "--no-pager", `${service}.service`]);
  const level = /Overall exposure level for \S+: ([\d.]+)/.exec(report.stdout)?.[1];
  if (level === undefined) throw new Error(`systemd-analyze does not assess ${service}: ${report.stderr}`);
  return Number(level);
}
