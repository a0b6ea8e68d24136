import type { Hash } from "@fjmcp/shared/ids";

/** The calls of all sessions that wait for an answer, found by session, id and the id's JSON type. */
export class CallsInFlight<Entry> {
  readonly #calls = new Map<string, Entry>();

  /** False when the session already has a call with this id. */
  add(session: Hash, idText: string, call: Entry): boolean {
    const key = keyOf(session, idText);
    if (this.#calls.has(key)) return false;
    this.#calls.set(key, call);
    return true;
  }

  get(session: Hash, idText: string): Entry | undefined {
    return this.#calls.get(keyOf(session, idText));
  }

  delete(session: Hash, idText: string): void {
    this.#calls.delete(keyOf(session, idText));
  }
}

// An id as JSON text has one spelling, and tells strings and integers apart.
function keyOf(session: Hash, idText: string): string {
  return session + idText;
}
