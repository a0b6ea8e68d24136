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
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await task();
    } catch (error) {
      onError(error);
    } finally {
      isRunning = false;
    }
  };
  if (startsNow) void run();
  const timer = setInterval(() => void run(), intervalMs);
  return () => clearInterval(timer);
}
