import type { RunningDaemon } from "./running-daemon.ts";

/** The lines of these events in the daemon's log, so far. */
export async function loggedLines<Line extends object>(
  daemon: RunningDaemon,
  ...events: string[]
): Promise<Line[]> {
  const lines = (await daemon.log()).split("\n").filter((line) => line.startsWith("{"));
  return lines
    .map((line) => JSON.parse(line) as Line & { readonly event: string })
    .filter(({ event }) => events.includes(event));
}
