import type { PartName } from "@fjmcp/testkit/stack/stack";
import type { Login } from "./demo-arguments.ts";

export type StepName =
  | "redis"
  | "forgejo"
  | "daemons"
  | "discovery"
  | "register"
  | "consent"
  | "login"
  | "token"
  | "initialize"
  | "tools-list"
  | "read"
  | "write"
  | "refresh"
  | "restart"
  | "revoke";

export interface StepReport {
  readonly name: StepName;
  readonly ok: boolean;
  readonly ms: number;
  /** What happened, in words. */
  readonly text: string;
  /** The step could not be run here; `text` says why. */
  readonly leftOut: boolean;
}

/** The addresses of everything that was started, for other programs. */
export interface Ready {
  readonly issuer: string;
  readonly mcpUrl: string;
  readonly forgejo: { readonly url: string; readonly users: readonly Login[] };
  /** Options for `new Redis(…)` of ioredis, as a user with all permissions. */
  readonly redis: { readonly path: string; readonly username: string; readonly password: string };
  readonly sockets: { readonly mcp: string; readonly control: string };
  readonly pids: Readonly<Record<"demo" | PartName, number>>;
  readonly logs: { readonly authServer: string; readonly sessionDaemon: string };
}

/** Receives the demo's events. */
export interface Reporter {
  /** A line for the user, not for programs. */
  note(text: string): void;
  step(step: StepReport): void;
  restarted(part: PartName, pid: number): void;
  ready(ready: Ready, keep: boolean): void;
  summary(steps: readonly StepReport[]): void;
}
