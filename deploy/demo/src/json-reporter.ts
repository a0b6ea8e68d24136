import type { Reporter } from "./reporter.ts";

/** Writes one JSON object per line to `stdout`, and notes for the user to `stderr`. */
export function jsonReporter(stdout: (line: string) => void, stderr: (line: string) => void): Reporter {
  const event = (event: string, members: object) => stdout(JSON.stringify({ event, ...members }));
  return {
    note: stderr,
    step: ({ name, ok, ms, text, leftOut }) =>
      event("step", {
        name,
        ok,
        ms,
        ...(!ok && { error: text }),
        ...(leftOut && { leftOut: text }),
      }),
    restarted: (part, pid) => event("restarted", { part, pid }),
    ready: (ready) => event("ready", ready),
    summary: () => undefined,
  };
}
