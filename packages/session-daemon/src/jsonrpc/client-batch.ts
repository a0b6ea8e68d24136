import { maxCostNs, parseClientMessage, scanWithinLimits, type ClientMessage } from "./client-message.ts";
import { closingQuote, searchStrings } from "./closing-quote.ts";
import { errorCodes } from "./error-codes.ts";
import { InvalidMessageError } from "./invalid-message-error.ts";
import { endOfSpace } from "./message-scanner.ts";

/** Clients that send batches send a handful of messages. */
const maxMessages = 100;

/** One message of a batch, or why it is none. */
export type BatchMember = ClientMessage | InvalidMessageError;

const quote = 0x22;
const comma = 0x2c;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const space = 0x20;

/** Whether the body is a JSON array, if it is JSON at all. */
export function isBatch(body: string): boolean {
  return /^[ \t\n\r]*\[/.test(body);
}

/**
 * Parses a batch (JSON-RPC 2.0 §6, MCP 2025-03-26 "Batching"), for which `isBatch` is true. Each message is parsed from its
 * own text; all of them together may cost a third of what one message may. Throws InvalidMessageError: −32700 when it is not
 * JSON, −32600 when it is empty or has more than 100 messages.
 */
export function parseClientBatch(body: string): BatchMember[] {
  // Its text is read three times: here, for its elements, and for each of them.
  scanWithinLimits(body, maxCostNs / 3);
  const texts = elementsOf(body);
  if (texts.length > maxMessages) {
    throw new InvalidMessageError(
      errorCodes.invalidRequest,
      `A batch may have at most ${maxMessages} messages.`,
    );
  }
  const members = texts.map(parseMember);
  const notJson = members.find(
    (member) => member instanceof InvalidMessageError && member.code === errorCodes.parse,
  );
  if (notJson instanceof InvalidMessageError) throw notJson;
  return members;
}

function parseMember(text: string): BatchMember {
  try {
    return parseClientMessage(text);
  } catch (error) {
    if (error instanceof InvalidMessageError) return error;
    throw error;
  }
}

/** The texts of the array's elements. Of what is not JSON, at least one is not JSON either. */
function elementsOf(body: string): string[] {
  const text = body.trim();
  if (!text.endsWith("]")) throw new InvalidMessageError(errorCodes.parse, "The body is not valid JSON.");
  const inner = text.slice(1, -1);
  if (inner.trim() === "") throw new InvalidMessageError(errorCodes.invalidRequest, "The batch is empty.");
  const search = searchStrings(inner);
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < inner.length; at++) {
    const code = inner.charCodeAt(at);
    if (code <= space) at = endOfSpace(inner, at) - 1;
    else if (code === quote) {
      const end = closingQuote(inner, at, search);
      if (end === -1) break;
      at = end;
    } else if (code === openingBrace || code === openingBracket) depth++;
    else if (code === closingBrace || code === closingBracket) depth--;
    else if (code === comma && depth === 0) {
      elements.push(inner.slice(start, at));
      start = at + 1;
    }
  }
  elements.push(inner.slice(start));
  return elements;
}
