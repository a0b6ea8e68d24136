import { z } from "zod";
import { blockedPorts } from "../net/blocked-ports.ts";
import { isLoopbackHost } from "../net/loopback.ts";

/** An IPv6 address, or labels with dots between them: no wildcard, and no dot at the end, which names another host to a certificate. */
const hostName = /^(\[.+\]|[\w-]+(\.[\w-]+)*)$/;

/**
 * The OAuth issuer identifier (RFC 8414 §2): an https origin without a path, or an http one on a loopback host. It has no
 * trailing slash and is byte-identical wherever it is used. A port to which no browser connects is a fault.
 */
export function issuerUrl() {
  return z.string().transform((text, context) => {
    const fault = issuerFault(text);
    if (fault === undefined) return text;
    context.addIssue({ code: "custom", message: fault });
    return z.NEVER;
  });
}

function issuerFault(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a URL such as https://mcp.example.org";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must be an https URL";
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname))
    return "must be https: http is allowed on a loopback host only";
  if (!hostName.test(url.hostname)) return "must have the name of one host, without * or a dot at its end";
  if (blockedPorts.has(Number(url.port)))
    return `must not use port ${url.port}, to which no browser connects (Fetch standard, bad port): let the proxy listen on another one, such as 443`;
  if (text !== url.origin) return `must be an origin without path, query or trailing slash: ${url.origin}`;
  return undefined;
}
