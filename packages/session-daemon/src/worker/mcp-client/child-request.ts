import type { Worker } from "../child/worker.ts";

/** The child answered the broker's own request with an error. */
class ChildErrorResponse extends Error {
  constructor(method: string) {
    super(`The child refused ${method}`);
    this.name = "ChildErrorResponse";
  }
}

/**
 * A request of the broker itself; resolves with the child's result. Rejects with CallError when no answer came, and
 * with ChildErrorResponse when it was an error.
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
      response: (parts: readonly Buffer[]) => {
        const { result } = parse(Buffer.concat(parts));
        if (result === undefined) reject(new ChildErrorResponse(method));
        else resolve(result);
      },
      failed: reject,
    };
    worker.ask({ idJson: "null", method, params }, sink, timeoutMs);
  });
}

function parse(message: Buffer): { result?: unknown } {
  try {
    return JSON.parse(message.toString("utf8")) as { result?: unknown };
  } catch {
    return {};
  }
}
