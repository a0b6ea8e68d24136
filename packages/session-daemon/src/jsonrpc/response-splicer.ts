import { joinChunks, chunksAreUtf8, chunksInclude, type Chunks } from "./chunks.ts";

/** A response of a child with the position of its id, so that another id can be spliced in. */
interface MatchedResponse {
  readonly id: number;
  readonly isError: boolean;
  /** The id comes before the result or error. */
  readonly isIdFirst: boolean;
  readonly line: Chunks;
  /** The index of the chunk that holds the id, the first or the last, and where in it. */
  readonly chunkIndex: number;
  readonly idStart: number;
  readonly idEnd: number;
}

const head = Buffer.from('{"jsonrpc":"2.0","id":');
const thenResult = Buffer.from(',"result":');
const thenError = Buffer.from(',"error":');
const resultFirst = Buffer.from('{"result":');
const errorFirst = Buffer.from('{"error":');
const tail = Buffer.from(',"jsonrpc":"2.0","id":');
/** Nearly every message has it; begins with a rare letter, for which a search is cheap. */
const versionKey = Buffer.from('jsonrpc"');
/** Where another message follows without a line end: no JSON has these. */
const nextMessages = ["jsonrpc", "id", "result", "error", "method", "params"].map((key) =>
  Buffer.from(`}{"${key}"`),
);
const carriageReturn = 0x0d;
const closingBrace = 0x7d;
/** The first and the last letter of null. */
const lowerN = 0x6e;
const lowerL = 0x6c;
const zero = 0x30;
const nine = 0x39;
/** More than the worker's own ids ever have. */
const maxIdDigits = 15;
const shortBytes = 16 * 1024;
/** Each end of a response, with its id, is shorter. */
const endBytes = 64;

/**
 * Recognises a response by its two ends alone: `{"jsonrpc":"2.0","id":N,"result|error":…}` or
 * `{"result|error":…,"jsonrpc":"2.0","id":N}`, valid UTF-8, without CR (which would end a line in SSE), without a null at
 * either end of the content (JSON-RPC 1.0 has both members, one of them null), and without another message in it. The content
 * is not parsed; docs/adr/0001 describes the consequences. Undefined: the line must be parsed.
 */
export function matchResponse(chunks: Chunks): MatchedResponse | undefined {
  const line = withWholeEnds(chunks);
  if (lastOf(line).at(-1) !== closingBrace) return undefined;
  const match = idFirst(line) ?? idLast(line);
  if (match === undefined || line.some((chunk) => chunk.includes(carriageReturn))) return undefined;
  return hasAnother(match) || !chunksAreUtf8(line) ? undefined : match;
}

/** Whether the line holds another message. */
function hasAnother(match: MatchedResponse): boolean {
  return hasOtherVersionKey(match) && nextMessages.some((next) => chunksInclude(match.line, next));
}

/** Whether there is another `jsonrpc"` than the response's own. */
function hasOtherVersionKey({ line, isIdFirst, chunkIndex, idStart }: MatchedResponse): boolean {
  const holder = line[chunkIndex]!;
  const contentEnd = idStart - tail.length;
  if (line.length === 1) {
    const at = holder.indexOf(versionKey, isIdFirst ? idStart : 0);
    return at !== -1 && (isIdFirst || at < contentEnd);
  }
  const content: readonly Buffer[] = isIdFirst
    ? [holder.subarray(idStart), ...line.slice(1)]
    : [...line.slice(0, -1), holder.subarray(0, contentEnd)];
  return chunksInclude(content as Chunks, versionKey);
}

/** The response with its id replaced by another, given as JSON text; a short one as a single chunk. */
export function replaceId(
  { line, chunkIndex, idStart, idEnd }: MatchedResponse,
  idJson: string,
): readonly Buffer[] {
  const holder = line[chunkIndex]!;
  const spliced = [holder.subarray(0, idStart), Buffer.from(idJson), holder.subarray(idEnd)];
  if (line.length > 1) return [...line.slice(0, chunkIndex), ...spliced, ...line.slice(chunkIndex + 1)];
  // To search several chunks costs more than a copy.
  return holder.length <= shortBytes ? [Buffer.concat(spliced)] : spliced;
}

/** The JSON text of the response's result or error. */
export function memberOf({ line, chunkIndex, idStart, idEnd, isError, isIdFirst }: MatchedResponse): Buffer {
  const whole = joinChunks(line);
  if (isIdFirst) return whole.subarray(idEnd + (isError ? thenError : thenResult).length, whole.length - 1);
  const idInWhole = whole.length - line[chunkIndex]!.length + idStart;
  return whole.subarray((isError ? errorFirst : resultFirst).length, idInWhole - tail.length);
}

function withWholeEnds(line: Chunks): Chunks {
  const areWhole = line[0].length >= endBytes && lastOf(line).length >= endBytes;
  return line.length === 1 || areWhole ? line : [joinChunks(line)];
}

function lastOf(line: Chunks): Buffer {
  return line[line.length - 1]!;
}

function idFirst(line: Chunks): MatchedResponse | undefined {
  const first = line[0];
  if (!standsAt(first, 0, head)) return undefined;
  const idStart = head.length;
  let idEnd = idStart;
  while (isDigit(first[idEnd])) idEnd++;
  const isError = standsAt(first, idEnd, thenError);
  const memberKey = isError ? thenError : thenResult;
  if (!isError && !standsAt(first, idEnd, memberKey)) return undefined;
  if (first[idEnd + memberKey.length] === lowerN || lastOf(line).at(-2) === lowerL) return undefined;
  return responseLine(line, true, isError, idStart, idEnd);
}

function idLast(line: Chunks): MatchedResponse | undefined {
  const isError = standsAt(line[0], 0, errorFirst);
  const memberKey = isError ? errorFirst : resultFirst;
  if (!isError && !standsAt(line[0], 0, memberKey)) return undefined;
  const last = lastOf(line);
  const idEnd = last.length - 1;
  let idStart = idEnd;
  while (isDigit(last[idStart - 1])) idStart--;
  const tailStart = idStart - tail.length;
  if (!standsAt(last, tailStart, tail)) return undefined;
  if (line[0][memberKey.length] === lowerN || last[tailStart - 1] === lowerL) return undefined;
  return responseLine(line, false, isError, idStart, idEnd);
}

function responseLine(
  line: Chunks,
  isIdFirst: boolean,
  isError: boolean,
  idStart: number,
  idEnd: number,
): MatchedResponse | undefined {
  const chunkIndex = isIdFirst ? 0 : line.length - 1;
  const holder = line[chunkIndex]!;
  const digits = idEnd - idStart;
  if (digits === 0 || digits > maxIdDigits || holder[idStart] === zero) return undefined;
  let id = 0;
  for (let at = idStart; at < idEnd; at++) id = id * 10 + ((holder[at] as number) - zero);
  return { id, isError, isIdFirst, line, chunkIndex, idStart, idEnd };
}

function standsAt(bytes: Buffer, offset: number, wanted: Buffer): boolean {
  if (offset < 0 || offset + wanted.length > bytes.length) return false;
  for (let at = 0; at < wanted.length; at++) if (bytes[offset + at] !== wanted[at]) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}
