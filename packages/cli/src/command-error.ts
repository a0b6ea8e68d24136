import type { ExitCode } from "./exit-codes.ts";

/** A command cannot do what it was asked to: what happened, and what to do next. Never holds a secret. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;
  readonly advice: string;

  constructor(exitCode: ExitCode, message: string, advice: string) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}
