/** What a line says about the events that it stands for. */
export interface Repetition {
  readonly count: number;
  /** The error references of these events, as far as they have any and there is room. */
  readonly references: readonly string[];
}

type Write = (repetition: Repetition) => void;

const everyMs = 1000;
const maxReferences = 20;

/**
 * Bounds the log lines of events that clients can cause at any rate. The first event of a kind is written at once, all
 * others of the next second together, with the fields of the latest. Kinds must be few: each one holds memory while its
 * events go on.
 */
export function createEventThrottle(): (kind: string, write: Write, reference?: string) => void {
  const pending = new Map<string, { count: number; references: string[]; write: Write }>();

  function watch(kind: string): void {
    setTimeout(() => {
      const events = pending.get(kind)!;
      if (events.count === 0) {
        pending.delete(kind);
        return;
      }
      const { count, references, write } = events;
      pending.set(kind, { count: 0, references: [], write });
      watch(kind);
      write({ count, references });
    }, everyMs).unref();
  }

  return (kind, write, reference) => {
    const references = reference === undefined ? [] : [reference];
    const events = pending.get(kind);
    if (events === undefined) {
      pending.set(kind, { count: 0, references: [], write });
      watch(kind);
      write({ count: 1, references });
      return;
    }
    events.count += 1;
    events.write = write;
    if (events.references.length < maxReferences) events.references.push(...references);
  };
}
