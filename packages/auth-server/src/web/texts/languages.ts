import Negotiator from "negotiator";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { nl } from "./nl.ts";
import { pl } from "./pl.ts";
import { pt } from "./pt.ts";
import type { Texts } from "./texts.ts";
import { zh } from "./zh.ts";

/** The texts of every language, by what a browser calls it; the first is the default. */
export const languages: Readonly<Record<string, Texts>> = { en, de, fr, es, pt, nl, pl, zh, ja };

/**
 * The texts for an Accept-Language header (RFC 9110 §12.5.4): of the languages that it accepts, the one with the highest
 * quality. `de-AT` accepts German; a header that accepts none, or no header, gives English.
 */
export function textsFor(acceptLanguage: string | undefined): Texts {
  const headers = { "accept-language": acceptLanguage };
  const language = new Negotiator({ headers }).language(Object.keys(languages));
  return languages[language ?? "en"] ?? en;
}
