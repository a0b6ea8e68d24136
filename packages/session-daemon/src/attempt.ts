/**
 * Runs a step that may be asynchronous; `onError` gets the error that it throws or rejects with. One that is not costs no
 * promise.
 */
export function attempt(step: () => Promise<void> | undefined, onError: (error: unknown) => void): void {
  try {
    step()?.catch(onError);
  } catch (error) {
    onError(error);
  }
}
