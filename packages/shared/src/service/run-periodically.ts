/**
 * Runs `task` every `intervalMs`, never twice at once, until the returned function is called. A failure goes to
 * `failed`, and the task runs again at its time.
 */
export function runPeriodically(
  intervalMs: number,
  task: () => Promise<unknown>,
  failed: (error: unknown) => void,
): () => void {
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    task()
      .catch(failed)
      .finally(() => (running = false));
  }, intervalMs);
  return () => clearInterval(timer);
}
