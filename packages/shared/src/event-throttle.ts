/** What a line says about the events that it stands for. */
export interface Repetition {
  readonly count: number;
  /** The error references of these events, as far as they have any and there is room. */
  readonly references: readonly string[];
}

type Write = (repetition: Repetition) => void;

/** The events of one kind that no line stands for yet. */
interface Pending {
  count: number;
  references: string[];
  write: Write;
}

const everyMs = 1000;
const maxReferences = 20;

/**
 * Bounds the log lines of events that others can cause at any rate. The first event of a kind is written at once, all
 * others of the next second together, with the fields of the latest. Kinds must be few: each one holds memory while its
 * events go on.
 */
export class EventThrottle {
  readonly #pending = new Map<string, Pending>();

  log(kind: string, write: Write, reference?: string): void {
    const references = reference === undefined ? [] : [reference];
    const pending = this.#pending.get(kind);
    if (pending === undefined) {
      this.#watch(kind, { count: 0, references: [], write });
      write({ count: 1, references });
      return;
    }
    pending.count += 1;
    pending.write = write;
    if (pending.references.length < maxReferences) pending.references.push(...references);
  }

  /** Whether there was an event of this kind within the last second. */
  isActive(kind: string): boolean {
    return this.#pending.has(kind);
  }

  /** Writes at once what would be written within a second: for the end of the process. */
  flush(): void {
    for (const pending of this.#pending.values()) writeOut(pending);
  }

  #watch(kind: string, pending: Pending): void {
    this.#pending.set(kind, pending);
    setTimeout(() => {
      if (pending.count === 0) {
        this.#pending.delete(kind);
        return;
      }
      writeOut(pending);
      this.#watch(kind, pending);
    }, everyMs).unref();
  }
}

function writeOut(pending: Pending): void {
  const { count, references, write } = pending;
  if (count === 0) return;
  pending.count = 0;
  pending.references = [];
  write({ count, references });
}
