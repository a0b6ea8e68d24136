/**
 * - `hang`: sends no response; once the faults are cleared, it destroys the connection.
 * - `hold`: waits until the faults are cleared, then processes the request and responds.
 * - `500`, `503`: responds with that status.
 * - `garbage`: 200 with a body that is not JSON, in spite of its `Content-Type`.
 * - `drop-response`: processes the request (rotates a refresh token, say), then destroys the connection.
 * - `late-response`: processes the request, and responds once the faults are cleared.
 * - `close`: destroys the connection without processing the request.
 */
export const faultModes = [
  "hang",
  "hold",
  "500",
  "503",
  "garbage",
  "drop-response",
  "late-response",
  "close",
] as const;
export type FaultMode = (typeof faultModes)[number];

export interface Fault {
  /** Matches the path of a request, without the query. */
  readonly path: RegExp | ((path: string, method: string) => boolean);
  readonly mode: FaultMode;
  /** How many requests it affects; default: all until the faults are cleared. */
  readonly times?: number;
}

interface ArmedFault extends Fault {
  left: number;
}

/** The faults that are armed now. */
export class Faults {
  #armed: ArmedFault[] = [];
  #cleared = Promise.withResolvers<void>();
  #waiting = 0;

  arm(fault: Fault): void {
    this.#armed.push({ ...fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#armed = [];
    this.#cleared.resolve();
    this.#cleared = Promise.withResolvers<void>();
  }

  /** How many requests hang or are held now. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when the faults are next cleared. */
  async untilCleared(): Promise<void> {
    this.#waiting += 1;
    await this.#cleared.promise;
    this.#waiting -= 1;
  }

  /** The mode of the first armed fault that matches the request; uses up one of its `times`. */
  hit(method: string, path: string): FaultMode | undefined {
    const fault = this.#armed.find((armed) => armed.left > 0 && matches(armed, method, path));
    if (fault === undefined) return undefined;
    fault.left -= 1;
    return fault.mode;
  }
}

function matches(fault: Fault, method: string, path: string): boolean {
  return typeof fault.path === "function" ? fault.path(path, method) : fault.path.test(path);
}
