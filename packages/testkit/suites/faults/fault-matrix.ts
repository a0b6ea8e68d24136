import type { Way } from "./fault-stack.ts";
import { steps, type Flow, type Step } from "./client-flow.ts";

/** What a client may see when a fault meets a step, and whether it must log in anew once the fault is over. */
export type Cell =
  | { readonly sees: readonly string[]; readonly newLogin: "never" | "must" | "may" }
  | { readonly left: string };

export type Row = Readonly<Record<Step, Cell>>;

/** It may see one of these, and goes on without a new login, in the same session, on the same tokens. */
export const sees = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "never" });
/** It is told to log in anew, once, now or soon after. */
export const mustLogIn = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "must" });
/** The answer that got lost may have held what can be had only once. */
export const mayLogIn = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "may" });
/** Not a cell, and why. */
export const left = (reason: string): Cell => ({ left: reason });

/** The same for every step but those of `others`. */
export function row(cell: Cell, others: Partial<Row> = {}): Row {
  return { ...(Object.fromEntries(steps.map((step) => [step, cell])) as Row), ...others };
}

export interface Fault {
  readonly name: string;
  readonly inject: (flows: readonly Flow[]) => unknown;
  readonly heal: (flows: readonly Flow[]) => unknown;
  /** How long it lasts; of `before`: until those who came after it have seen their answers. Without it, until all have. */
  readonly lasts?: { readonly ms: number } | "before";
  /** The way of MCP requests. */
  readonly way: Way;
  /**
   * Where the steps that bring up a worker are when the fault comes: at Forgejo, which is asked for a fresh token (and
   * with them all others that ask it for tokens), or in the handshake with the child.
   */
  readonly heldAt: "forgejo" | "child";
  /** The fault is there, then the step is taken. After one step is before the next. */
  readonly before: Row;
  /** The step is under way when the fault comes; of the stream: it is open. */
  readonly during: Row;
}
