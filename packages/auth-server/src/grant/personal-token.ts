import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";
import { clientIdSchema } from "@fjmcp/shared/ids";

/** The client of every personal token. It is built in: no registration has this id, so that no other client can use it. */
export const personalTokenClientId = clientIdSchema.parse("fjmcp-personal-token");

/** An account's living personal tokens. */
export const maxPersonalTokens = 50;

const prefix = "fjmcp_pat_";
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 36 characters of base62 hold 214 bits. */
const randomLength = 36;
const checksumLength = 6;

/**
 * A new personal token: a prefix by which secret scanners find it, random characters, and their CRC-32 in base62, by which
 * they know that it is one without asking this server.
 */
export function newPersonalToken(): string {
  const random = Array.from({ length: randomLength }, () => alphabet[randomInt(alphabet.length)]).join("");
  return `${prefix}${random}${checksum(random)}`;
}

/** Six characters, the most significant first, filled up with zeros. */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let i = 0; i < checksumLength; i += 1) {
    digits = alphabet[rest % alphabet.length]! + digits;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}
