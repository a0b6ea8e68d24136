import { isLoopbackHost } from "@fjmcp/shared/net/loopback";

/** Where a redirect URI leads, as a person and as a Content-Security-Policy see it. */
export interface RedirectTarget {
  readonly kind: "site" | "loopback" | "app";
  /** The host, with a port if there is one; of a custom scheme the scheme. */
  readonly label: string;
  /** The CSP source that covers it. */
  readonly source: string;
}

export function redirectTarget(redirectUri: string): RedirectTarget {
  const url = new URL(redirectUri);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { kind: "app", label: url.protocol, source: url.protocol };
  }
  // A CSP host source can not be an IPv6 address: the scheme has to do.
  const source = url.hostname.startsWith("[") ? url.protocol : url.origin;
  return { kind: isLoopbackHost(url.hostname) ? "loopback" : "site", label: url.host, source };
}
