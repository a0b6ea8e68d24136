// The fields of audit events: what is logged of a client, of what it sent, and of an error.
import { clientRef } from "@fjmcp/shared/client-ref";
import { displayText } from "@fjmcp/shared/display-text";
import type { ClientId } from "@fjmcp/shared/ids";

/** Names are logged up to this length, in characters. */
export const maxNameLength = 100;
/** What a client sent is logged up to this length, in characters. */
export const maxDetailLength = 200;
const maxHosts = 5;

/** The client by its reference: its id is long, and consists of what it says about itself. */
export function named<Fields extends { clientId?: ClientId }>({ clientId, ...fields }: Fields) {
  return { ...fields, ...(clientId !== undefined && { clientRef: clientRef(clientId) }) };
}

/** As `named`, with a `detail` that may quote what was sent. */
export function cleaned<Fields extends { detail: string; clientId?: ClientId }>(fields: Fields) {
  return { ...named(fields), detail: displayText(fields.detail, maxDetailLength) };
}

/** The texts that differ, cleaned and cut: the first few, and how many there are beyond. */
export function boundedList(texts: readonly string[]): string[] {
  const different = [...new Set(texts.map((text) => displayText(text, maxNameLength)))];
  const left = different.length - maxHosts;
  return left > 0 ? [...different.slice(0, maxHosts), `and ${left} more`] : different;
}
