/** What happens to a request that meets a fault. */
export const faultModes = [
  // The connection:
  /** Sends no response; once the faults are cleared, destroys the connection. */
  "hang",
  /** Waits until the faults are cleared, then processes the request and responds. */
  "hold",
  /** Processes the request (rotates a refresh token, say), then destroys the connection. */
  "drop-response",
  /** Processes the request, and responds once the faults are cleared. */
  "late-response",
  /** Destroys the connection without processing the request, as when Forgejo is down. */
  "close",
  // A response in place of the real one, see `fault-response.ts`:
  "500",
  "502",
  "503",
  /** Too many requests, with `Retry-After`. */
  "429",
  /** 200 with a body that is not JSON, in spite of its `Content-Type`. */
  "garbage",
  /** 200 with an HTML page, as of a proxy during maintenance. */
  "html-page",
  /** 302 to such a page. */
  "redirect-to-page",
  /** 401 and 403 of a proxy in front of Forgejo: JSON with a `message` that is not Forgejo's. */
  "proxy-401",
  "proxy-403",
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
