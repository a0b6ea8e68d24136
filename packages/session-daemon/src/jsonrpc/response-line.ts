import { isUtf8 } from "node:buffer";

/** Where the id of a child's response stands in its line, so that another can be spliced in. */
export interface ResponseLine {
  readonly id: number;
  readonly isError: boolean;
  readonly idStart: number;
  readonly idEnd: number;
}

const head = Buffer.from('{"jsonrpc":"2.0","id":');
const thenResult = Buffer.from(',"result":');
const thenError = Buffer.from(',"error":');
const resultFirst = Buffer.from('{"result":');
const errorFirst = Buffer.from('{"error":');
const tail = Buffer.from(',"jsonrpc":"2.0","id":');
const carriageReturn = 0x0d;
const closingBrace = 0x7d;
/** Ids of ours are far shorter; a longer run of digits is nothing that we sent. */
const maxIdDigits = 15;

/**
 * Recognises a response by its two ends alone: `{"jsonrpc":"2.0","id":N,"result|error":…}` or
 * `{"result|error":…,"jsonrpc":"2.0","id":N}`, valid UTF-8, without CR (which would end a line in SSE). What stands
 * between is not looked at; docs/adr/0001 says what follows from that. Undefined: it must be parsed.
 */
export function matchResponseLine(line: Buffer): ResponseLine | undefined {
  const match = line[line.length - 1] === closingBrace ? (idFirst(line) ?? idLast(line)) : undefined;
  return match !== undefined && !line.includes(carriageReturn) && isUtf8(line) ? match : undefined;
}

function idFirst(line: Buffer): ResponseLine | undefined {
  if (!standsAt(line, 0, head)) return undefined;
  const idStart = head.length;
  let idEnd = idStart;
  while (isDigit(line[idEnd])) idEnd++;
  const isError = standsAt(line, idEnd, thenError);
  if (!isError && !standsAt(line, idEnd, thenResult)) return undefined;
  return responseLine(line, isError, idStart, idEnd);
}

function idLast(line: Buffer): ResponseLine | undefined {
  const isError = standsAt(line, 0, errorFirst);
  if (!isError && !standsAt(line, 0, resultFirst)) return undefined;
  const idEnd = line.length - 1;
  let idStart = idEnd;
  while (isDigit(line[idStart - 1])) idStart--;
  return standsAt(line, idStart - tail.length, tail)
    ? responseLine(line, isError, idStart, idEnd)
    : undefined;
}

function responseLine(
  line: Buffer,
  isError: boolean,
  idStart: number,
  idEnd: number,
): ResponseLine | undefined {
  const digits = idEnd - idStart;
  if (digits === 0 || digits > maxIdDigits || line[idStart] === 0x30) return undefined;
  let id = 0;
  for (let at = idStart; at < idEnd; at++) id = id * 10 + ((line[at] as number) - 0x30);
  return { id, isError, idStart, idEnd };
}

function standsAt(line: Buffer, offset: number, wanted: Buffer): boolean {
  if (offset < 0 || offset + wanted.length > line.length) return false;
  for (let at = 0; at < wanted.length; at++) if (line[offset + at] !== wanted[at]) return false;
  return true;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
