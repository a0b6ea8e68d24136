/**
 * - `hang`: never answers; once the faults are cleared, it destroys the connection.
 * - `hold`: waits until the faults are cleared, then does the work and answers.
 * - `500`, `503`: answers with that status.
 * - `garbage`: 200 with something that is no JSON.
 * - `drop-response`: does the work, such as rotating a refresh token, then destroys the connection.
 * - `late-response`: does the work, and answers only once the faults are cleared.
 * - `close`: destroys the connection without doing anything.
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
  /** Matches the path of a request, which never includes the query. */
  readonly path: RegExp | ((path: string, method: string) => boolean);
  readonly mode: FaultMode;
  /** How many requests it hits; without it, all until the faults are cleared. */
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

  /** Resolves when the faults are next cleared: how long a request hangs or is held. */
  async untilCleared(): Promise<void> {
    this.#waiting += 1;
    await this.#cleared.promise;
    this.#waiting -= 1;
  }

  /** The first fault that this request meets; it counts as one of its times. */
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
