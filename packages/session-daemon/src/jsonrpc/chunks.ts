import { isUtf8 } from "node:buffer";

/**
 * A text in the chunks in which it came, never none. A long one is not joined: that costs more than all else that is
 * done with it.
 */
export type Chunks = readonly [Buffer, ...Buffer[]];

export function joinChunks(chunks: Chunks): Buffer {
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/** As Buffer.includes, for a needle that may lie across a border. */
export function chunksInclude(chunks: Chunks, needle: Buffer): boolean {
  if (chunks.length === 1) return chunks[0].includes(needle);
  const overlap = needle.length - 1;
  let before: Buffer | undefined;
  for (const piece of chunks) {
    if (piece.includes(needle)) return true;
    if (before !== undefined && Buffer.concat([before, piece.subarray(0, overlap)]).includes(needle))
      return true;
    const sofar: Buffer =
      before === undefined || piece.length >= overlap ? piece : Buffer.concat([before, piece]);
    before = sofar.subarray(Math.max(0, sofar.length - overlap));
  }
  return false;
}

/** As buffer.isUtf8, though a border may lie within a character. */
export function chunksAreUtf8(chunks: Chunks): boolean {
  if (chunks.length === 1) return isUtf8(chunks[0]);
  // The bytes so far of a character that the border has cut.
  let begun: Buffer = noBytes;
  for (const piece of chunks) {
    const missing = begun.length === 0 ? 0 : characterBytes(begun[0]!) - begun.length;
    const character = missing === 0 ? begun : Buffer.concat([begun, piece.subarray(0, missing)]);
    if (piece.length < missing) {
      begun = character;
      continue;
    }
    const end = piece.length - begunBytes(piece);
    if (!isUtf8(character) || !isUtf8(piece.subarray(missing, end))) return false;
    begun = piece.subarray(end);
  }
  return begun.length === 0;
}

const noBytes = Buffer.alloc(0);

/** How many bytes at the end of the piece belong to a character that is not complete. */
function begunBytes(piece: Buffer): number {
  for (let back = 1; back <= Math.min(3, piece.length); back++) {
    const byte = piece[piece.length - back]!;
    if ((byte & 0xc0) !== 0x80) return characterBytes(byte) > back ? back : 0;
  }
  return 0;
}

/** How many bytes a character has that begins with this one. */
function characterBytes(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}
