/** Which hosts' documents make a client. */
export interface DocumentHosts {
  /** Host names, or `*.example.org` for all below it; `*` is any host. */
  readonly allowed: readonly string[];
  /** Of the same form; wins over `allowed`. */
  readonly denied: readonly string[];
}

/** Whether a client whose id is this URL may connect. */
export function allowsHost({ allowed, denied }: DocumentHosts, url: string): boolean {
  const { hostname } = new URL(url);
  const matches = (pattern: string) => matchesHost(pattern.toLowerCase(), hostname);
  return allowed.some(matches) && !denied.some(matches);
}

function matchesHost(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  return pattern.startsWith("*.") && host.endsWith(pattern.slice(1));
}
