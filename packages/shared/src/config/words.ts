import { z } from "zod";

/** The words of a text, separated by white space; none of an empty one. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** A schema for one word: an identifier, which has no white space. */
export function oneWord() {
  return z.string().regex(/^\S+$/, "must be one word, without white space");
}

/** A schema for words in lower case, each of which matches `item`; `message` is that of the error. */
export function lowerCaseWords(item: RegExp, message: string) {
  return z
    .string()
    .transform((text) => words(text.toLowerCase()))
    .refine((list) => list.every((word) => item.test(word)), { message });
}
