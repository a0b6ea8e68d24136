import type { IncomingMessage, ServerResponse } from "node:http";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { connectionsPaths, devicePath, faviconPath, providerPaths } from "../paths.ts";
import type { RateLimit, RateLimiter } from "../rate-limit/rate-limiter.ts";
import { includesAddress, type AddressRanges } from "./address-ranges.ts";
import { publicEndpointMethods } from "./allowed-methods.ts";
import { clientAddress, sourceOf } from "./client-address.ts";

/** Which addresses are limited. */
export interface AddressPolicy {
  /** Proxies in front of the one on this machine. */
  readonly trustedProxies: AddressRanges;
  /** Not limited: the clients of many users share them. */
  readonly sharedEgress: AddressRanges;
}

interface AddressLimitsDeps {
  readonly limiter: RateLimiter;
  readonly events: {
    rateLimited(rejection: { limit: RateLimit; source: string; reference: string }): void;
  };
  readonly errorPage: (
    view: { waitSec: number; reference: string },
    acceptLanguage: string | undefined,
  ) => Promise<{ headers: Record<string, string>; body: string }>;
}

/**
 * Replies 429 with Retry-After (RFC 6585 §4) and resolves with true when the client's network has sent too many requests
 * of this kind; false at once for what is not limited.
 */
export type AddressLimits = (
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
) => Promise<boolean> | false;

/**
 * Limits against floods, per client address; without a policy nothing is limited. Nor are
 * requests without a known address: one stranger could block all.
 */
export function createAddressLimits(
  policy: AddressPolicy | undefined,
  deps: AddressLimitsDeps,
): AddressLimits {
  if (policy === undefined) return () => false;

  async function rejectOver(
    limit: RateLimit,
    address: string,
    { req, res, path }: { req: IncomingMessage; res: ServerResponse; path: string },
  ) {
    const source = sourceOf(address);
    const waitSec = await deps.limiter.consume(limit, source);
    if (waitSec === undefined) return false;
    const reference = newErrorReference();
    deps.events.rateLimited({ limit, source, reference });
    const isPage = !publicEndpointMethods.has(path);
    const { headers, body } = isPage
      ? await deps.errorPage({ waitSec, reference }, req.headers["accept-language"])
      : oauthError(waitSec);
    res.writeHead(429, {
      ...headers,
      ...(isPage && { vary: "accept-language" }),
      "content-type": isPage ? "text/html; charset=utf-8" : "application/json",
      "retry-after": String(waitSec),
    });
    res.end(body);
    return true;
  }

  return (req, res, path) => {
    const limit = limitOf(path);
    const address = limit && clientAddress(req, policy.trustedProxies);
    if (address === undefined || includesAddress(policy.sharedEgress, address)) return false;
    return rejectOver(limit!, address, { req, res, path });
  };
}

/** The same response for everyone, without any work. */
const unlimited: ReadonlySet<string> = new Set([
  "/",
  faviconPath,
  providerPaths.jwks,
  providerPaths.metadata,
  providerPaths.openIdMetadata,
]);

function limitOf(path: string): RateLimit | undefined {
  if (unlimited.has(path)) return undefined;
  if (path === providerPaths.registration) return "registration";
  if (path === providerPaths.authorization) return "authorization";
  if (path === providerPaths.deviceAuthorization) return "deviceCode";
  if (path === devicePath) return "userCode";
  if (path === connectionsPaths.signIn) return "signIn";
  return path === providerPaths.token || path === providerPaths.revocation ? "token" : "page";
}

/** RFC 6749 has no error of its own for this; a client must not take it for the end of its grant. */
function oauthError(waitSec: number) {
  return {
    headers: { "cache-control": "no-store" },
    body: JSON.stringify({
      error: "temporarily_unavailable",
      error_description: `Too many requests came from your network. Try again in ${waitSec} seconds.`,
    }),
  };
}
