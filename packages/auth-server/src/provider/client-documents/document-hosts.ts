/** Which hosts' documents make a client. */
export interface DocumentHosts {
  /** Host names, or `*.example.org` for all below it; `*` is any host. */
  readonly allowed: readonly string[];
  /** Of the same form; wins over `allowed`. */
  readonly denied: readonly string[];
}

/**
 * Whether a client whose id is this URL may connect. A name that ends with a dot is the same host without one, to DNS and
 * to TLS, and would pass by every pattern: it is refused.
 */
export function allowsHost({ allowed, denied }: DocumentHosts, url: string): boolean {
  const { hostname } = new URL(url);
  if (hostname.endsWith(".")) return false;
  const matches = (pattern: string) => matchesHost(pattern.toLowerCase(), hostname);
  return allowed.some(matches) && !denied.some(matches);
}

function matchesHost(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  return pattern.startsWith("*.") && host.endsWith(pattern.slice(1));
}
