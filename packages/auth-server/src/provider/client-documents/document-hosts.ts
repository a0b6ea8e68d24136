import { words } from "@fjmcp/shared/config/words";
import { z } from "zod";

/** Which hosts' documents make a client. */
export interface DocumentHosts {
  /** Host names, or `*.example.org` for all below it; `*` is any host. */
  readonly allowed: readonly string[];
  /** Of the same form; wins over `allowed`. */
  readonly denied: readonly string[];
}

/**
 * Whether a client whose id is this URL may connect. A name that ends with a dot is the same host without one, to DNS and
 * to TLS, and would pass by every pattern: it is rejected.
 */
export function allowsHost({ allowed, denied }: DocumentHosts, url: string): boolean {
  const { hostname } = new URL(url);
  if (hostname.endsWith(".")) return false;
  const matches = (pattern: string) => matchesHost(pattern.toLowerCase(), hostname);
  return allowed.some(matches) && !denied.some(matches);
}

/** Whether a host name matches a pattern in lower case. */
export function matchesHost(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  return pattern.startsWith("*.") && host.endsWith(pattern.slice(1));
}

/** A schema for patterns of hosts, separated by spaces. */
export function hostPatterns() {
  return z
    .string()
    .transform(words)
    .refine((list) => list.every((pattern) => /^(\*|(\*\.)?[a-z0-9.-]+)$/i.test(pattern)), {
      message: "must be host names, `*.example.org` or `*`, separated by spaces",
    });
}
