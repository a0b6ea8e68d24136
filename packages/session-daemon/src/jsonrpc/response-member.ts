/** Where the result or error of a serialised JSON-RPC response begins. */
export interface MemberPosition {
  readonly isError: boolean;
  /** The index of the part, and of the first byte of the value in it, which may be white space. */
  readonly part: number;
  readonly at: number;
}

interface Position {
  readonly part: number;
  readonly at: number;
}

const idHead = Buffer.from('{"jsonrpc":"2.0","id":');
const thenMember = [Buffer.from(',"result":'), Buffer.from(',"error":')] as const;
const memberFirst = [Buffer.from('{"result":'), Buffer.from('{"error":')] as const;

/**
 * Finds the result or error of a response that is given in parts, in one of the two forms that `matchResponse` recognises,
 * with the client's id in place. Undefined for any other form.
 */
export function findMember(parts: readonly Buffer[], idJson: string): MemberPosition | undefined {
  const start = { part: 0, at: 0 };
  const head = after(parts, idHead, start);
  if (head === undefined) return memberAt(parts, memberFirst, start);
  const id = after(parts, Buffer.from(idJson), head);
  return id === undefined ? undefined : memberAt(parts, thenMember, id);
}

function memberAt(
  parts: readonly Buffer[],
  [result, error]: readonly [Buffer, Buffer],
  from: Position,
): MemberPosition | undefined {
  const ofResult = after(parts, result, from);
  if (ofResult !== undefined) return { isError: false, ...ofResult };
  const ofError = after(parts, error, from);
  return ofError === undefined ? undefined : { isError: true, ...ofError };
}

/** The position after `expected`, if the parts continue with it from `from` on; it may lie across parts. */
function after(parts: readonly Buffer[], expected: Buffer, from: Position): Position | undefined {
  let { part, at } = from;
  let matched = 0;
  while (matched < expected.length) {
    const current = parts[part];
    if (current === undefined) return undefined;
    const length = Math.min(expected.length - matched, current.length - at);
    if (expected.compare(current, at, at + length, matched, matched + length) !== 0) return undefined;
    matched += length;
    at += length;
    if (at === current.length) {
      part++;
      at = 0;
    }
  }
  return { part, at };
}
