import { parseChildResponse } from "../../jsonrpc/parse-child-json.ts";
import type { Worker } from "../child/worker.ts";

/** Forty times the largest list that is known; the broker keeps up to 50 pages of one. */
const maxResponseBytes = 4 * 1024 * 1024;

/** The child's response to a request of the broker itself is an error, or nothing that can be read. */
export class ChildErrorResponse extends Error {
  /** It is a JSON-RPC error. */
  readonly isRejection: boolean;

  constructor(method: string, isRejection: boolean) {
    super(`The child gave no result of ${method}`);
    this.name = "ChildErrorResponse";
    this.isRejection = isRejection;
  }
}

/**
 * Sends a request of the broker itself; resolves with the child's result. Rejects with CallError when there is no
 * response within `timeoutMs` (the worker's request timeout unless given), and with ChildErrorResponse when it is an
 * error, is no JSON, is larger than 4 MiB, has too many values or is nested too deep.
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
        const { result, error } = responseOf(Buffer.concat(chunks)) ?? {};
        if (result === undefined) reject(new ChildErrorResponse(method, error !== undefined));
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

function responseOf(message: Buffer): ReturnType<typeof parseChildResponse> {
  return message.length > maxResponseBytes ? undefined : parseChildResponse(message);
}
