import type { Hash } from "@fjmcp/shared/ids";

/** The calls of all sessions that wait for an answer, found by session, id and the id's JSON type. */
export class CallsInFlight<Entry extends { readonly isAbandoned: boolean }> {
  readonly #calls = new Map<string, Entry>();

  /**
   * False when the session already has a call with this id. One whose client broke the connection makes room: its
   * answer reaches nobody, and the client may have started anew with the same ids.
   */
  add(session: Hash, idText: string, call: Entry): boolean {
    const key = keyOf(session, idText);
    if (this.#calls.get(key)?.isAbandoned === false) return false;
    this.#calls.set(key, call);
    return true;
  }

  get(session: Hash, idText: string): Entry | undefined {
    return this.#calls.get(keyOf(session, idText));
  }

  /** Takes out this call, not a later one with the same id. */
  delete(session: Hash, idText: string, call: Entry): void {
    const key = keyOf(session, idText);
    if (this.#calls.get(key) === call) this.#calls.delete(key);
  }
}

// An id as JSON text has one spelling, and tells strings and integers apart.
function keyOf(session: Hash, idText: string): string {
  return session + idText;
}
