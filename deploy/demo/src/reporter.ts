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
  /** What happened, for a person. */
  readonly text: string;
  /** The step could not be tried; `text` says why. */
  readonly leftOut: boolean;
}

/** Where everything is, so that any other program can be pointed at it. */
export interface Ready {
  readonly issuer: string;
  readonly mcpUrl: string;
  readonly forgejo: { readonly url: string; readonly users: readonly Login[] };
  /** What `new Redis(…)` of ioredis takes for an unrestricted user. */
  readonly redis: { readonly path: string; readonly username: string; readonly password: string };
  readonly sockets: { readonly mcp: string; readonly control: string };
  readonly pids: Readonly<Record<"demo" | PartName, number>>;
  readonly logs: { readonly authServer: string; readonly sessionDaemon: string };
}

/** How the demo tells what happens. */
export interface Reporter {
  /** A line that is only of interest to a person. */
  note(text: string): void;
  step(step: StepReport): void;
  restarted(part: PartName, pid: number): void;
  ready(ready: Ready, keep: boolean): void;
  summary(steps: readonly StepReport[]): void;
}
