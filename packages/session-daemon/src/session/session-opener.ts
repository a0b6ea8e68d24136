import type { Clock } from "@fjmcp/shared/clock";
import { displayText } from "@fjmcp/shared/display-text";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../auth/authenticated-caller.ts";
import type { CallerSession } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import type { ClientIdentity } from "../worker/client-identity.ts";
import { withoutTasks } from "../worker/without-tasks.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { negotiate } from "../protocol-versions.ts";
import { mintSessionId } from "./session-id.ts";
import type { SessionStore } from "./session-store.ts";

const maxClientInfoLength = 100;

interface OpenedSession {
  /** The plaintext, for the client only; the store has its hash. */
  readonly sessionId: string;
  readonly session: CallerSession;
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
    const protocolVersion = negotiate(params.protocolVersion);
    const sessionId = mintSessionId();
    const hash = sha256Hex(sessionId);
    const ofChild =
      this.#pool.sessions === undefined
        ? await this.#pool.initializeResult(caller, signal)
        : await this.#pool.sessions.open(caller, hash, clientIdentity(params, protocolVersion), signal);
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
    const isStored = await this.#store
      .create(hash, record, sha256Hex(caller.accessToken))
      .catch((error: unknown) => {
        // Deletions end the session's own worker, but here nothing was stored.
        this.#pool.sessions?.end(hash);
        throw error;
      });
    if (!isStored) return undefined;
    if (signal.aborted) {
      // The client never received its id.
      await this.#store.delete(hash, record);
      signal.throwIfAborted();
    }
    this.#events.sessionOpened(caller, hash, record);
    return { sessionId, session: { hash, record }, result: { ...ofChild, protocolVersion } };
  }
}

/** The client as its own child sees it. */
function clientIdentity(
  { capabilities, clientInfo }: Readonly<Record<string, unknown>>,
  protocolVersion: string,
): ClientIdentity {
  const isNamed = isJsonObject(clientInfo) && typeof clientInfo.name === "string";
  return {
    protocolVersion,
    capabilities: isJsonObject(capabilities) ? withoutTasks(capabilities) : {},
    clientInfo: isNamed ? { version: "unknown", ...clientInfo } : { name: "unknown", version: "unknown" },
  };
}
