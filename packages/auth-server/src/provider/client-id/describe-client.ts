import { displayText } from "@fjmcp/shared/display-text";
import type { ClientId } from "@fjmcp/shared/ids";
import { personalTokenClientId } from "../../grant/personal-token.ts";
import type { ClientDocuments } from "../client-documents/client-documents.ts";
import type { ClientIdCodec } from "./client-id-codec.ts";
import { redirectHost } from "./redirect-host.ts";

const maxNameLength = 80;

/**
 * What is known of a client by its id, cleaned for display: from the id itself or, where that is a URL, from the
 * client's document. Undefined for any other id. Rejects with StoreUnavailableError.
 */
export function createDescribeClient(
  clientIds: Pick<ClientIdCodec, "decode">,
  documents: Pick<ClientDocuments, "find">,
) {
  return async function describeClient(clientId: ClientId) {
    if (clientId === personalTokenClientId) return { name: "Personal token", hosts: [] };
    const metadata = clientIds.decode(clientId) ?? (await documents.find(clientId));
    if (metadata === undefined) return undefined;
    const uris = Array.isArray(metadata["redirect_uris"]) ? metadata["redirect_uris"] : [];
    const hosts = uris.filter((uri) => typeof uri === "string").map(redirectHost);
    return {
      name: displayText(metadata["client_name"], maxNameLength),
      hosts: [...new Set(hosts)].map((host) => displayText(host, maxNameLength)),
    };
  };
}
