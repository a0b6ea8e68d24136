/**
 * Runs `task` every `intervalMs`, never concurrently, until the returned function is called. A failure goes to
 * `onError`, and the task runs again after the next interval. `startsNow`: the first run is at once.
 */
export function runPeriodically(
  intervalMs: number,
  task: () => Promise<unknown>,
  onError: (error: unknown) => void,
  { startsNow = false } = {},
): () => void {
  let isRunning = false;
  const run = () => {
    if (isRunning) return;
    isRunning = true;
    task()
      .catch(onError)
      .finally(() => (isRunning = false));
  };
  if (startsNow) run();
  const timer = setInterval(run, intervalMs);
  return () => clearInterval(timer);
}
