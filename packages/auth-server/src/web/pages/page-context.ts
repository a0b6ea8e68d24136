import type { Instance } from "../instance.ts";
import { textsFor } from "../texts/languages.ts";
import type { Texts } from "../texts/texts.ts";

/** What every page is drawn with: the texts of the reader's language, and whose server it is. */
export interface PageContext {
  readonly texts: Texts;
  readonly instance: Instance;
}

/** The page context for an Accept-Language header. */
export type PageContextFor = (acceptLanguage: string | undefined) => PageContext;

export function createPageContextFor(instance: Instance): PageContextFor {
  return (acceptLanguage) => ({ texts: textsFor(acceptLanguage), instance });
}
