import type { Hash } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientIdentity } from "./client-identity.ts";

/** The workers of sessions that do not share one (docs/adr/0024). Their calls go through `WorkerPool.call`. */
export interface SessionWorkers {
  /**
   * Starts the worker of a new session, with its client's own identity; resolves with the child's `initialize` result
   * as clients get it. Rejects with CallError; then nothing stays behind.
   */
  open(
    caller: AuthenticatedCaller,
    session: Hash,
    client: ClientIdentity,
    signal: AbortSignal,
  ): Promise<InitializeResult>;
  /** Whether the session has a worker that accepts calls, and the caller's grant has opened it. */
  isOpen(owner: Principal, session: Hash): boolean;
  /** Passes on a notification of the client. */
  notify(session: Hash, method: string, params: Readonly<Record<string, unknown>> | undefined): void;
  /** Ends the session's worker, if there is one. */
  end(session: Hash): void;
}
