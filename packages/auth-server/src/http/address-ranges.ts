import { words } from "@fjmcp/shared/config/words";
import { BlockList, isIP } from "node:net";
import { z } from "zod";

/** A set of addresses. */
export type AddressRanges = Pick<BlockList, "check">;

/** A schema for addresses and ranges in CIDR notation (RFC 4632, RFC 4291 §2.3), separated by spaces. */
export function addressRanges() {
  return z.string().transform((text, context): AddressRanges => {
    const ranges = new BlockList();
    for (const range of words(text)) {
      try {
        addRange(ranges, range);
      } catch {
        context.addIssue({ code: "custom", message: `${range} is no address or range such as 192.0.2.0/24` });
      }
    }
    return ranges;
  });
}

function addRange(ranges: BlockList, range: string): void {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  if (length === undefined) ranges.addAddress(address, familyOf(address));
  else ranges.addSubnet(address, Number(length), familyOf(address));
}

/** Whether the address is in one of the ranges. */
export function includesAddress(ranges: AddressRanges, address: string): boolean {
  return ranges.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
