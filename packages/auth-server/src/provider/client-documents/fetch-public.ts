import { lookup } from "node:dns";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import ipaddr from "ipaddr.js";

/** Of the response's headers. */
const keptNames = ["cache-control", "content-type", "expires"] as const;

/**
 * GETs an https URL from a public address, and follows no redirect. An address for special use (RFC 6890, such as loopback and
 * private networks) is rejected before a connection to it is opened, also one that a name has only at this moment: the connection
 * goes to the address that was checked. Rejects with Error when there is no public address, or no response until `signal` aborts.
 */
export async function fetchPublic(
  url: string,
  { headers, signal }: Pick<RequestInit, "headers" | "signal"> = {},
): Promise<Response> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  // No name is looked up for an address.
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw noPublicAddress();
  return new Promise((resolve, reject) => {
    const options = {
      agent: false,
      lookup: lookupPublic,
      headers: Object.fromEntries(new Headers(headers)),
      ...(signal && { signal }),
    };
    const sent = request(url, options, (message) => {
      try {
        const { statusCode: status = 0 } = message;
        const body = status === 200 ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null;
        resolve(new Response(body, { status, headers: keptHeaders(message.headers) }));
        if (body === null) sent.destroy();
      } catch (error) {
        sent.destroy();
        reject(error);
      }
    });
    sent.once("error", reject);
    sent.end();
  });
}

function keptHeaders(headers: IncomingHttpHeaders): [string, string][] {
  return keptNames.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
}

/** As `dns.lookup`, with the public addresses alone. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const addresses = found.filter(({ address }) => isPublicAddress(address));
    const [first] = addresses;
    if (first === undefined) return callback(noPublicAddress(), []);
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}

function noPublicAddress(): Error {
  return new Error("its host has no public address");
}
