import type { Principal } from "@fjmcp/shared/principal";
import type { CallError } from "../call.ts";
import type { Worker } from "../child/worker.ts";

/** The workers of a grant, or of one session. */
export interface OwnedWorkers {
  readonly workers: ReadonlySet<Worker>;
  /** The calls that wait for a worker. */
  readonly waiting: number;
  readonly isStarting: boolean;
  /**
   * Fails waiting calls with `reason` and those in flight with `interrupted`; resolves with the number of ended workers
   * once their processes are gone.
   */
  end(reason: CallError, interrupted?: CallError): Promise<number>;
  /** The account's Forgejo tokens were replaced: the workers finish their calls and end. Returns their number. */
  retire(): number;
}

/** A grant, or a session of one, with its workers. */
export interface WorkerOwner extends Principal {
  readonly workers: OwnedWorkers;
}
