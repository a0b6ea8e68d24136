import type { Clock } from "@fjmcp/shared/clock";
import { displayText } from "@fjmcp/shared/display-text";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../auth/principal.ts";
import type { Events } from "../events.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { negotiate } from "../protocol-versions.ts";
import { mintSessionId } from "./session-id.ts";
import type { SessionStore } from "./session-store.ts";

const maxClientInfoLength = 100;

export interface OpenedSession {
  /** The plaintext, for the client only; the store has its hash. */
  readonly sessionId: string;
  readonly result: InitializeResult;
}

/** `initialize`: opens sessions. */
export class SessionOpener {
  readonly #pool: WorkerPool;
  readonly #store: SessionStore;
  readonly #events: Events;
  readonly #clock: Clock;

  constructor(pool: WorkerPool, store: SessionStore, events: Events, clock: Clock) {
    this.#pool = pool;
    this.#store = store;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * The `initialize` result of the child of the caller's grant, with the negotiated revision, and a new session that is
   * bound to the caller's account. Undefined when the caller's token was revoked meanwhile. Rejects with
   * CallError, StoreUnavailableError or the signal's reason; then no session stays behind.
   */
  async open(
    caller: AuthenticatedCaller,
    params: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<OpenedSession | undefined> {
    const ofChild = await this.#pool.initializeResult(caller, signal);
    const protocolVersion = negotiate(params.protocolVersion);
    const client = (params.clientInfo ?? {}) as Record<string, unknown>;
    const record: SessionRecord = {
      accountId: caller.accountId,
      grantId: caller.grantId,
      clientId: caller.clientId,
      protocolVersion,
      clientName: displayText(client.name, maxClientInfoLength),
      clientVersion: displayText(client.version, maxClientInfoLength),
      createdAtSec: Math.floor(this.#clock() / 1000),
    };
    const sessionId = mintSessionId();
    const hash = sha256Hex(sessionId);
    if (!(await this.#store.create(hash, record, sha256Hex(caller.accessToken)))) return undefined;
    if (signal.aborted) {
      // The client never received its id.
      await this.#store.delete(hash, record);
      signal.throwIfAborted();
    }
    this.#events.sessionOpened(caller, record);
    return { sessionId, result: { ...ofChild, protocolVersion } };
  }
}
