/**
 * Runs `task` every `intervalMs`, never concurrently, until the returned function is called. A failure goes to
 * `onError`, and the task runs again after the next interval.
 */
export function runPeriodically(
  intervalMs: number,
  task: () => Promise<unknown>,
  onError: (error: unknown) => void,
): () => void {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    task()
      .catch(onError)
      .finally(() => (isRunning = false));
  }, intervalMs);
  return () => clearInterval(timer);
}
