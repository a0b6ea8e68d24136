import type { ClientId } from "@fjmcp/shared/ids";
import { isDocumentUrl } from "../provider/client-documents/client-document.ts";
import type { ClientDocuments } from "../provider/client-documents/client-documents.ts";
import { redirectTarget } from "./pages/redirect-target.ts";

/**
 * How much is known about a client. `pinned`: it is in the list of this server or its administrator, with this name and
 * this redirect URI. `document`: it is described by a document that was fetched over HTTPS. `registered`: by itself alone.
 */
export type TrustTier = "pinned" | "document" | "registered";

/** The tier of a client with this name and redirect URI; undefined for a program or an app, whose addresses any other can claim. */
type TrustTierOf = (
  client: { readonly clientId: ClientId; readonly clientName: string | undefined },
  redirectUri: string,
) => TrustTier | undefined;

export function createTrustTierOf(documents: Pick<ClientDocuments, "isPinned">): TrustTierOf {
  return ({ clientId, clientName: name }, redirectUri) => {
    if (redirectTarget(redirectUri).kind !== "site") return undefined;
    if (!isDocumentUrl(clientId)) return "registered";
    return documents.isPinned({ url: clientId, name, redirectUri }) ? "pinned" : "document";
  };
}
