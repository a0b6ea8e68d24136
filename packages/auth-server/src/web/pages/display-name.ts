import { displayText } from "@fjmcp/shared/display-text";

const maxLength = 80;
const readable = /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{N}\p{So}]/u;

/** A client's own name, cleaned for display and cut to 80 graphemes; undefined when nothing in it can be read. */
export function displayName(name: string | undefined): string | undefined {
  const text = displayText(name, maxLength);
  return readable.test(text) ? text : undefined;
}
