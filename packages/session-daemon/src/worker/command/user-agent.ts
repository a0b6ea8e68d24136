import type { GrantRef } from "@fjmcp/shared/grant-ref";
import { userAgent } from "@fjmcp/shared/user-agent";

const maxNameLength = 40;
/** All but printable ASCII, and what could end a comment (RFC 9110 §5.6.5), quote, or look like our own fields. */
const unsafe = /[^ -~]|[()<>"\\;]/g;

/**
 * The User-Agent of a worker, `fjmcp/<version> (<client name>; grant <reference>)`, so that Forgejo's own log tells which
 * client of a user did what. `clientName` is the client's own text: it is cleaned and cut here.
 */
export function workerUserAgent(clientName: string, grant: GrantRef): string {
  const clean = clientName.normalize("NFKD").replace(/\s+/g, " ").replace(unsafe, "");
  const name = clean.replace(/ +/g, " ").trim().slice(0, maxNameLength).trimEnd();
  return `${userAgent} (${name || "unnamed client"}; grant ${grant})`;
}
