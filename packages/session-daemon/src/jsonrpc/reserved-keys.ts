import { foldKey } from "./fold-key.ts";

/** An object with reserved keys. */
interface KeyScope {
  /** The reserved keys. */
  readonly keys: readonly string[];
  /** The reserved key that holds the next scope. */
  readonly next?: string;
}

/** By depth: the envelope, its params, their `_meta`. */
const keyScopes: readonly (KeyScope | undefined)[] = [
  undefined,
  { keys: ["jsonrpc", "id", "method", "params"], next: "params" },
  { keys: ["name", "arguments", "uri", "_meta", "task"], next: "_meta" },
  { keys: ["progressToken"] },
];
/** At least as many as any scope has. */
const maxReservedKeys = 5;
/** The source of a reserved key is at most so long: each of its characters is escaped, as `\u006d`. */
const maxEscapedLength = 6 * "progressToken".length;

/**
 * Finds reserved keys of a message that are there twice or in another case. A child may match keys case-insensitively and
 * let the last duplicate win (Go's encoding/json does both), so a reserved key must be there once and exactly.
 */
export class ReservedKeys {
  /** Describes a faulty key of the envelope. */
  envelopeFault: string | undefined;
  /** The same for the params, and for the progress token in their `_meta`. */
  paramsFault: string | undefined;
  /** One bit for each reserved key of each scope. */
  #seen = 0;
  /** The depth of the innermost open object among the envelope, its params and their _meta. */
  #scopedDepth = 1;

  /**
   * The key between `start` and `end`, without its quotes, of an object at this depth; the envelope's is 1. False: no key
   * is reserved there.
   */
  add(depth: number, text: string, start: number, end: number): boolean {
    if (depth > this.#scopedDepth) return false;
    this.#scopedDepth = depth;
    const scope = keyScopes[depth];
    const index = scope === undefined ? notReserved : indexOfKey(scope, text, start, end);
    if (scope === undefined || index === notReserved) return true;
    const bit = index < 0 ? 0 : 1 << (depth * maxReservedKeys + index);
    const fault = keyFault(scope, index, (this.#seen & bit) !== 0);
    if (depth === 1) this.envelopeFault ??= fault;
    else this.paramsFault ??= fault;
    this.#seen |= bit;
    if (index >= 0 && scope.keys[index] === scope.next) this.#scopedDepth++;
    return true;
  }
}

/** The result of `indexOfKey` for a key that is not reserved in the scope. */
const notReserved = -1;

/**
 * The index of the scope's reserved key between `start` and `end`; for one that differs only in case, a number below
 * `notReserved`.
 */
function indexOfKey({ keys }: KeyScope, text: string, start: number, end: number): number {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    if (key.length === end - start && text.startsWith(key, start)) return index;
  }
  if (end - start > maxEscapedLength) return notReserved;
  const decoded = decodeKey(text.slice(start, end));
  const exact = keys.indexOf(decoded);
  if (exact !== -1) return exact;
  // Most keys end here: folding costs more than all the rest.
  const variant = keys.findIndex((key) => key.length === decoded.length && foldKey(key) === foldKey(decoded));
  return variant === -1 ? notReserved : notReserved - 1 - variant;
}

function keyFault({ keys }: KeyScope, index: number, isAgain: boolean): string | undefined {
  if (index < notReserved) return `a key differs from "${keys[notReserved - 1 - index]}" only in case`;
  return isAgain ? `the key "${keys[index]}" occurs twice` : undefined;
}

function decodeKey(source: string): string {
  if (!source.includes("\\")) return source;
  try {
    return JSON.parse(`"${source}"`) as string;
  } catch {
    return source;
  }
}
