import type { Worker } from "../child/worker.ts";

/** The child's response to a request of the broker itself is an error. */
class ChildErrorResponse extends Error {
  constructor(method: string) {
    super(`The child rejected ${method}`);
    this.name = "ChildErrorResponse";
  }
}

/**
 * Sends a request of the broker itself; resolves with the child's result. Rejects with CallError when there is no
 * response within `timeoutMs` (the worker's request timeout unless given), and with ChildErrorResponse when it is an
 * error.
 */
export function requestChild(
  worker: Worker,
  method: string,
  params: Readonly<Record<string, unknown>>,
  timeoutMs?: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sink = {
      notification: () => undefined,
      response: (chunks: readonly Buffer[]) => {
        const { result } = parse(Buffer.concat(chunks));
        if (result === undefined) reject(new ChildErrorResponse(method));
        else resolve(result);
      },
      failed: reject,
    };
    worker.request({ idJson: "null", method, params }, sink, timeoutMs);
  });
}

/** As `requestChild`, for a request whose response, result or error, changes nothing. */
export function requestIgnoringResponse(
  worker: Worker,
  method: string,
  params: Readonly<Record<string, unknown>>,
): void {
  requestChild(worker, method, params).catch(() => undefined);
}

function parse(message: Buffer): { result?: unknown } {
  try {
    return JSON.parse(message.toString("utf8")) as { result?: unknown };
  } catch {
    return {};
  }
}
