import { errorCodes } from "./error-codes.ts";
import { objectMembers } from "./object-members.ts";

/** No client shows more of an error to a user or a model. */
const maxErrorBytes = 16 * 1024;
/** Both together stay below `maxErrorBytes` even if every character of the data must be escaped. */
const maxMessageBytes = 8 * 1024;
const maxDataBytes = 3 * 1024;

const openingBrace = 0x7b;

/**
 * The error of a JSON-RPC response in at most 16 KiB, given as JSON text: a longer one keeps its code, and of its message
 * and data the beginning with a note; longer data become a string. Any other value becomes the message. Linear; the text need not be valid JSON.
 */
export function boundError(error: Buffer): Buffer {
  if (error[0] !== openingBrace) {
    const beginning = withoutIncomplete(error.toString("utf8", 0, maxMessageBytes));
    return Buffer.from(
      JSON.stringify(errorOf(error.length > maxMessageBytes ? `${beginning}… ${note}` : beginning)),
    );
  }
  if (error.length <= maxErrorBytes) return error;
  // Latin-1 keeps every byte as one character.
  const text = error.toString("latin1");
  const members = objectMembers(text);
  const source = (key: string) => {
    const span = members.get(key);
    return span === undefined ? undefined : text.slice(span.start, span.end);
  };
  const code = source("code") ?? "";
  const data = source("data");
  const codeJson = /^-?\d{1,15}$/.test(code) ? code : errorCodes.internal;
  const messageJson = JSON.stringify(boundMessage(source("message") ?? '""'));
  const dataJson = data === undefined ? "" : `,"data":${boundData(data)}`;
  return Buffer.from(`{"code":${codeJson},"message":${messageJson}${dataJson}}`);
}

/** The error (JSON-RPC 2.0 §5.1) for one that a child reported in another form. */
export function errorOf(text: string): { code: number; message: string } {
  return { code: errorCodes.internal, message: `The server reported an error: ${text}` };
}

function boundMessage(source: string): string {
  if (source.length <= maxMessageBytes) {
    const message = parse(source);
    if (typeof message === "string") return `${message} ${note}`;
  }
  // A cut inside an escape sequence or a character leaves an incomplete one, which is dropped.
  const beginning = source
    .slice(0, maxMessageBytes)
    .replace(/(?<!\\)((?:\\\\)*)\\(?:u[\da-fA-F]{0,3})?$/, "$1");
  const message = parse(`${beginning}"`);
  return typeof message === "string" ? `${withoutIncomplete(message)}… ${note}` : note;
}

const note = "[The error was longer and has been cut.]";

/** JSON text: the data themselves, or a string. */
function boundData(source: string): string {
  if (source.length <= maxDataBytes && parse(source) !== undefined) return decode(source);
  const beginning = withoutIncomplete(decode(source.slice(0, maxDataBytes)));
  return JSON.stringify(`${beginning.replace(/\p{Cc}/gu, " ")}… ${note}`);
}

function withoutIncomplete(text: string): string {
  return text.replace(/[\uFFFD\uD800-\uDBFF]+$/, "");
}

function parse(source: string): unknown {
  try {
    return JSON.parse(decode(source)) as unknown;
  } catch {
    return undefined;
  }
}

function decode(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
