import { displayText } from "@fjmcp/shared/display-text";

const maxLength = 80;

/** The name that a client gave itself, cleaned to be read. Escaping is the template's work. */
export function displayName(name: string | undefined): string {
  return displayText(name, maxLength) || "An application without a name";
}
