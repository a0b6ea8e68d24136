import type { Route } from "./fault-stack.ts";
import { steps, type ClientFlow, type Step } from "./client-flow.ts";

/** The outcomes that a client may see when a fault hits a step, and whether it must log in again afterwards. */
export type Cell =
  | { readonly sees: readonly string[]; readonly newLogin: "never" | "must" | "may" }
  | { readonly omitted: string };

export type Row = Readonly<Record<Step, Cell>>;

/** The outcome is one of these; the client continues without a login, in the same session, with the same tokens. */
export const sees = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "never" });
/** The client must log in again, exactly once, in this step or soon after. */
export const mustLogIn = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "must" });
/** The client may have to log in again: the lost response may have carried something that is issued only once. */
export const mayLogIn = (...seen: readonly string[]): Cell => ({ sees: seen, newLogin: "may" });
/** The combination is not tested; `reason` says why. */
export const omitted = (reason: string): Cell => ({ omitted: reason });

/** A row with `cell` for every step, except those that `others` names. */
export function row(cell: Cell, others: Partial<Row> = {}): Row {
  return { ...(Object.fromEntries(steps.map((step) => [step, cell])) as Row), ...others };
}

export interface Fault {
  readonly name: string;
  readonly inject: (flows: readonly ClientFlow[]) => unknown;
  readonly heal: (flows: readonly ClientFlow[]) => unknown;
  /** How long the fault lasts: `ms`; or `before`: until the steps of the row `before` are done. Default: until all are. */
  readonly lasts?: { readonly ms: number } | "before";
  /** The route of the MCP requests. */
  readonly route: Route;
  /**
   * Where the steps that start a worker are held when the fault is injected: at Forgejo's token endpoint (with all other
   * steps that request tokens there), or in the handshake with the child.
   */
  readonly heldAt: "forgejo" | "child";
  /** Steps that start while the fault is active. "After a step" is the same as before the next one. */
  readonly before: Row;
  /** Steps that are in flight when the fault is injected; for `stream`: it is open. */
  readonly during: Row;
}
