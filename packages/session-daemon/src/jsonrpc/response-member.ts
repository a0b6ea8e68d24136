/** Where the result or error of a serialised JSON-RPC response begins. */
export interface MemberPosition {
  readonly isError: boolean;
  /** The index of the chunk, and of the first byte of the value in it, which may be white space. */
  readonly chunkIndex: number;
  readonly at: number;
}

interface Position {
  readonly chunkIndex: number;
  readonly at: number;
}

const idHead = Buffer.from('{"jsonrpc":"2.0","id":');
const thenMember = [Buffer.from(',"result":'), Buffer.from(',"error":')] as const;
const memberFirst = [Buffer.from('{"result":'), Buffer.from('{"error":')] as const;

/**
 * Finds the result or error of a response that is given in chunks, in one of the two forms that `matchResponse` recognises,
 * with the client's id in place. Undefined for any other form.
 */
export function findMember(chunks: readonly Buffer[], idJson: string): MemberPosition | undefined {
  const start = { chunkIndex: 0, at: 0 };
  const head = after(chunks, idHead, start);
  if (head === undefined) return memberAt(chunks, memberFirst, start);
  const id = after(chunks, Buffer.from(idJson), head);
  return id === undefined ? undefined : memberAt(chunks, thenMember, id);
}

function memberAt(
  chunks: readonly Buffer[],
  [result, error]: readonly [Buffer, Buffer],
  from: Position,
): MemberPosition | undefined {
  const ofResult = after(chunks, result, from);
  if (ofResult !== undefined) return { isError: false, ...ofResult };
  const ofError = after(chunks, error, from);
  return ofError === undefined ? undefined : { isError: true, ...ofError };
}

/** The position after `expected`, if the chunks continue with it from `from` on; it may lie across chunks. */
function after(chunks: readonly Buffer[], expected: Buffer, from: Position): Position | undefined {
  let { chunkIndex, at } = from;
  let matched = 0;
  while (matched < expected.length) {
    const current = chunks[chunkIndex];
    if (current === undefined) return undefined;
    // For so few bytes a loop is faster than `compare`.
    while (matched < expected.length && at < current.length) {
      if (current[at++] !== expected[matched++]) return undefined;
    }
    if (at === current.length) {
      chunkIndex++;
      at = 0;
    }
  }
  return { chunkIndex, at };
}
