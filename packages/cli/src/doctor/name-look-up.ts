import dns from "node:dns/promises";
import type { LookupAddress } from "node:dns";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** As long as the C library waits for one name server, which it asks twice; there may be several, and domains to search. */
const timeoutMs = 10_000;

/** There is no such name. */
const noSuchName = /^(ENOTFOUND|ENODATA)$/;

/**
 * The addresses to which a name leads from this machine, whatever says so; none if there is no such name. Rejects with
 * CommandError when that is not known within 10 s.
 */
export function addressesOf(hostname: string): Promise<readonly LookupAddress[]> {
  return known(hostname, dns.lookup(hostname, { all: true }));
}

/** As `addressesOf`, but what DNS says alone, whatever /etc/hosts does. */
export async function publishedAddresses(hostname: string): Promise<readonly string[]> {
  const records = [dns.resolve4(hostname), dns.resolve6(hostname)];
  return (await Promise.all(records.map((found) => known(hostname, found)))).flat();
}

/** A look-up cannot be cancelled: one that is late is left alone. */
async function known<Address>(
  hostname: string,
  found: Promise<readonly Address[]>,
): Promise<readonly Address[]> {
  const waiting = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: waiting.signal }).then(() => {
    throw notLookedUp(hostname, `no response within ${timeoutMs / 1000} s`);
  });
  const result = found.catch(({ code = "" }: NodeJS.ErrnoException) => {
    if (noSuchName.test(code)) return [];
    throw notLookedUp(hostname, code);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    waiting.abort();
  }
}

function notLookedUp(hostname: string, reason: string): CommandError {
  return new CommandError(
    exitCodes.unavailable,
    `The name ${hostname} could not be looked up (${reason}):`,
    "look at the name servers in /etc/resolv.conf, and whether this machine reaches them.",
  );
}
