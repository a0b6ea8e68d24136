import type { IncomingMessage } from "node:http";
import { BlockList, isIPv4 } from "node:net";
import { includesAddress, type AddressRanges } from "./address-ranges.ts";

/** The addresses of this machine say nothing about a client: a proxy or a tunnel on it has them. */
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

/**
 * The address of a request's client; undefined when it is not known. This server listens on a socket or on loopback, so
 * the last address of X-Forwarded-For is what the proxy on this machine has seen. Each one before it counts only if the
 * one behind it is a trusted proxy: anything else in the header is what the client wrote.
 */
export function clientAddress(
  { headers }: Pick<IncomingMessage, "headers">,
  trustedProxies: AddressRanges,
): string | undefined {
  const hops = [headers["x-forwarded-for"] ?? ""].flat().join(",").split(",").toReversed();
  for (const hop of hops.map((text) => text.trim())) {
    if (!isAddress(hop)) return undefined;
    if (!includesAddress(loopback, hop) && !includesAddress(trustedProxies, hop)) return hop;
  }
  return undefined;
}

/**
 * The network that counts as one source: an IPv4 address, or the first 64 bits of an IPv6 address, which one subscriber
 * has to itself (RFC 6177).
 */
export function sourceOf(address: string): string {
  if (isIPv4(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [start = "", end] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = start.split(":").filter(Boolean);
  const last = (end ?? "").split(":").filter(Boolean);
  const zeros = Array.from({ length: 8 - groups.length - last.length }, () => "0");
  return `${[...groups, ...zeros, ...last].slice(0, 4).join(":")}::/64`;
}

/** Without a port or a zone. */
function isAddress(text: string): boolean {
  return isIPv4(text) || URL.canParse(`http://[${text}]`);
}
