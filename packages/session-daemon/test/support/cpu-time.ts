/** The CPU time in milliseconds that `run` takes, to which other processes of a busy machine add nothing. */
export function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
