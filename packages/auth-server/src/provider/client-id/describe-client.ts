import { displayText } from "@fjmcp/shared/display-text";
import type { ClientId } from "@fjmcp/shared/ids";
import type { ClientIdCodec } from "./client-id-codec.ts";
import { redirectHost } from "./redirect-host.ts";

const maxNameLength = 80;

/** What a client id says about its client, cleaned for display. Undefined for an id that no key of the ring has made. */
export function createDescribeClient(clientIds: Pick<ClientIdCodec, "decode">) {
  return function describeClient(clientId: ClientId) {
    const metadata = clientIds.decode(clientId);
    if (metadata === undefined) return undefined;
    const uris = Array.isArray(metadata["redirect_uris"]) ? metadata["redirect_uris"] : [];
    const hosts = uris.filter((uri) => typeof uri === "string").map(redirectHost);
    return {
      name: displayText(metadata["client_name"], maxNameLength),
      hosts: [...new Set(hosts)].map((host) => displayText(host, maxNameLength)),
    };
  };
}
