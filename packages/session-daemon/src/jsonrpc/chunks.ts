import { isUtf8 } from "node:buffer";

/**
 * A text in the chunks in which it arrived, at least one. Long texts are not joined: that costs more than the rest of
 * their processing.
 */
export type Chunks = readonly [Buffer, ...Buffer[]];

export function joinChunks(chunks: Chunks): Buffer {
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/** As Buffer.includes; the needle may lie across chunks. */
export function chunksInclude(chunks: Chunks, needle: Buffer): boolean {
  if (chunks.length === 1) return needle.length <= chunks[0].length && chunks[0].includes(needle);
  const overlap = needle.length - 1;
  let before: Buffer | undefined;
  for (const chunk of chunks) {
    if (chunk.includes(needle)) return true;
    if (before !== undefined && Buffer.concat([before, chunk.subarray(0, overlap)]).includes(needle))
      return true;
    const tail: Buffer =
      before === undefined || chunk.length >= overlap ? chunk : Buffer.concat([before, chunk]);
    before = tail.subarray(Math.max(0, tail.length - overlap));
  }
  return false;
}

/** As buffer.isUtf8; a character may lie across chunks. */
export function chunksAreUtf8(chunks: Chunks): boolean {
  if (chunks.length === 1) return isUtf8(chunks[0]);
  // The first bytes of a character that continues in the next chunk.
  let incomplete: Buffer = noBytes;
  for (const chunk of chunks) {
    const missing = incomplete.length === 0 ? 0 : characterBytes(incomplete[0]!) - incomplete.length;
    const character = missing === 0 ? incomplete : Buffer.concat([incomplete, chunk.subarray(0, missing)]);
    if (chunk.length < missing) {
      incomplete = character;
      continue;
    }
    const end = chunk.length - incompleteBytes(chunk);
    if (!isUtf8(character) || !isUtf8(chunk.subarray(missing, end))) return false;
    incomplete = chunk.subarray(end);
  }
  return incomplete.length === 0;
}

const noBytes = Buffer.alloc(0);

/** The number of bytes at the end of the chunk that belong to an incomplete character. */
function incompleteBytes(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back]!;
    if ((byte & 0xc0) !== 0x80) return characterBytes(byte) > back ? back : 0;
  }
  return 0;
}

/** The length in bytes of a character with this first byte. */
function characterBytes(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}
