import { displayText } from "@fjmcp/shared/display-text";
import { isLoopbackHost } from "@fjmcp/shared/net/loopback";
import type { ClientId } from "@fjmcp/shared/ids";
import { personalTokenClientId } from "../../grant/personal-token.ts";
import { isDocumentUrl } from "../client-documents/client-document.ts";
import type { ClientDocuments } from "../client-documents/client-documents.ts";
import type { ClientIdCodec } from "./client-id-codec.ts";
import { redirectHost } from "./redirect-host.ts";

const maxNameLength = 80;

/**
 * How far a client is what it says. `document`: it publishes its metadata at a host of its own; `registration`: it
 * registered itself, and its users return to its sites; `none`: it, or any other program, receives its users at a loopback
 * address or by an app's scheme, which anything on the user's device can claim.
 */
export type ClientIdentity = "document" | "registration" | "none";

export interface DescribedClient {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly identity: ClientIdentity;
}

/**
 * What is known of a client by its id, cleaned for display: from the id itself or, where that is a URL, from the
 * client's document. Undefined for any other id. Rejects with StoreUnavailableError.
 */
export function createDescribeClient(
  clientIds: Pick<ClientIdCodec, "decode">,
  documents: Pick<ClientDocuments, "find">,
) {
  return async function describeClient(clientId: ClientId): Promise<DescribedClient | undefined> {
    if (clientId === personalTokenClientId) return { name: "Personal token", hosts: [], identity: "none" };
    const metadata = clientIds.decode(clientId) ?? (await documents.find(clientId));
    if (metadata === undefined) return undefined;
    const uris = Array.isArray(metadata.redirect_uris) ? metadata.redirect_uris : [];
    const texts = uris.filter((uri) => typeof uri === "string");
    const hosts = texts.map(redirectHost);
    return {
      name: displayText(metadata.client_name, maxNameLength),
      identity: identityOf(clientId, texts),
      hosts: [...new Set(hosts)].map((host) => displayText(host, maxNameLength)),
    };
  };
}

function identityOf(clientId: ClientId, redirectUris: readonly string[]): ClientIdentity {
  if (!redirectUris.every(isSite)) return "none";
  return isDocumentUrl(clientId) ? "document" : "registration";
}

function isSite(redirectUri: string): boolean {
  const url = URL.parse(redirectUri);
  return url !== null && /^https?:$/.test(url.protocol) && !isLoopbackHost(url.hostname);
}
