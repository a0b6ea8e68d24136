import { displayText } from "@fjmcp/shared/display-text";

const maxLength = 80;

/** A client's own name, cleaned for display and cut to 80 characters. The template escapes it. */
export function displayName(name: string | undefined): string {
  return displayText(name, maxLength) || "An application without a name";
}
