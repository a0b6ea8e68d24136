import type { ClientId } from "@fjmcp/shared/ids";
import { redirectTarget } from "./pages/redirect-target.ts";

/**
 * How much is known about a client. `pinned`: its document's URL is in the list of this server or its administrator.
 * `document`: it is described by a document that was fetched over HTTPS. `registered`: by itself alone.
 */
export type TrustTier = "pinned" | "document" | "registered";

/** The tier of a client with this redirect URI; undefined for a program or an app, whose addresses any other can claim. */
export type TrustTierOf = (clientId: ClientId, redirectUri: string) => TrustTier | undefined;

/** `isPinned` is asked about URLs of documents. */
export function createTrustTierOf(isPinned: (url: string) => boolean): TrustTierOf {
  return (clientId, redirectUri) => {
    if (redirectTarget(redirectUri).kind !== "site") return undefined;
    if (!/^https:/i.test(clientId)) return "registered";
    return isPinned(clientId) ? "pinned" : "document";
  };
}
