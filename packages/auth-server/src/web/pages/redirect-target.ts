import { isLoopbackHost } from "@fjmcp/shared/net/loopback";

/** A redirect URI's target, for display and for the Content-Security-Policy. */
export interface RedirectTarget {
  readonly kind: "site" | "loopback" | "app";
  /** For display: the host with its port, or a custom scheme. */
  readonly label: string;
  /** The whole URI, for display: ASCII only, as the URL parser serialises it. */
  readonly uri: string;
  /** The CSP source that covers it. */
  readonly source: string;
}

export function redirectTarget(redirectUri: string): RedirectTarget {
  const url = new URL(redirectUri);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { kind: "app", label: url.protocol, uri: url.href, source: url.protocol };
  }
  // A CSP host source cannot be an IPv6 address: use the scheme.
  const source = url.hostname.startsWith("[") ? url.protocol : url.origin;
  const kind = isLoopbackHost(url.hostname) ? "loopback" : "site";
  return { kind, label: url.host, uri: url.href, source };
}
