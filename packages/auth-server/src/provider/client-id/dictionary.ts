import { readFileSync } from "node:fs";

/**
 * The preset deflate dictionary (RFC 1951) of each version of a client id: metadata that real clients send, the most
 * frequent last, where a back reference is cheapest. A version is frozen once ids of it are in use: a changed byte
 * would make every one of them unreadable. A new client of note goes into a new version.
 */
export const dictionaries: ReadonlyMap<number, Buffer> = new Map([
  [1, readFileSync(new URL("./dictionary-1.txt", import.meta.url))],
]);

/** The version that new ids are made with. */
export const currentVersion = 1;
