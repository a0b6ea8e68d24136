import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import type { SessionStore } from "../session/session-store.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";

/** `DELETE /mcp`: the client ends its session. Calls in flight continue; the session's standalone streams end. */
export class DeleteHandler {
  readonly #store: SessionStore;
  readonly #events: Events;

  constructor(store: SessionStore, events: Events) {
    this.#store = store;
    this.#events = events;
  }

  async handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): Promise<void> {
    requireSupportedVersion(req);
    const session = requireSession(req, authenticated);
    const existed = await this.#store.delete(session.hash, session.record);
    if (existed) this.#events.sessionClosedByClient(authenticated.owner, session.hash);
    res.writeHead(204);
    res.end();
  }
}
