import type { Reporter, StepName, StepReport } from "./reporter.ts";

export interface Outcome<T> {
  readonly value: T;
  /** What happened, in words. */
  readonly text: string;
  /** The step cannot be run here, and `text` says why; the walk continues. */
  readonly leftOut?: boolean;
}

/** A step failed, and the failure has been reported. */
export class StepFailedError extends Error {}

/** Runs the steps one after the other, timing and reporting each. */
export class StepRunner {
  readonly steps: StepReport[] = [];
  readonly #reporter: Reporter;
  readonly #whereLogsAre: () => string;

  readonly #stop: AbortSignal;

  /** Nothing is reported once `stop` has aborted: steps that fail then were ended on purpose. */
  constructor(reporter: Reporter, whereLogsAre: () => string, stop: AbortSignal) {
    this.#reporter = reporter;
    this.#whereLogsAre = whereLogsAre;
    this.#stop = stop;
  }

  get failed(): boolean {
    return this.steps.some(({ ok }) => !ok);
  }

  /** Throws StepFailedError when `run` throws. */
  async step<T>(name: StepName, run: () => Promise<Outcome<T>>): Promise<T> {
    const start = performance.now();
    const report = (ok: boolean, text: string, leftOut: boolean) => {
      if (this.#stop.aborted) return;
      const step = { name, ok, ms: Math.round(performance.now() - start), text, leftOut };
      this.steps.push(step);
      this.#reporter.step(step);
    };
    try {
      const { value, text, leftOut = false } = await run();
      report(true, text, leftOut);
      return value;
    } catch (error) {
      report(false, `${explain(error)}\n    ${this.#whereLogsAre()}`, false);
      throw new StepFailedError(name, { cause: error });
    }
  }
}

/** An error's message and those of its causes: fetch, for one, says why only in the cause. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : ` (${explain(error.cause)})`;
  return `${error.message}${cause}`;
}
