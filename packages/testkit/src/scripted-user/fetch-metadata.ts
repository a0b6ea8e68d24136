import { getPublicSuffix } from "tough-cookie";

/** The origin that starts a navigation; undefined when the user typed the address. */
export type Initiator = string | undefined;

/** `Sec-Fetch-Site` (Fetch Metadata §2.3) for a request that was redirected along `chain`; its own URL is the last. */
export function fetchSite(initiator: Initiator, chain: readonly URL[]): string {
  if (initiator === undefined) return "none";
  const from = new URL(initiator);
  if (chain.every((url) => url.origin === from.origin)) return "same-origin";
  return chain.every((url) => url.protocol === from.protocol && site(url) === site(from))
    ? "same-site"
    : "cross-site";
}

/** The registrable domain, or the host itself where it has none (an IP address, `localhost`). */
function site(url: URL): string {
  if (/^\[|^\d+(\.\d+){3}$/.test(url.hostname)) return url.hostname;
  return getPublicSuffix(url.hostname, { allowSpecialUseDomain: true, ignoreError: true }) ?? url.hostname;
}

/** `Origin` of a form's POST (Fetch §3.2): `null` where the page's referrer policy hides its origin. */
export function originHeader(from: URL, to: URL, referrerPolicy: string): string {
  const hidden =
    referrerPolicy === "no-referrer" ||
    (referrerPolicy === "same-origin" && from.origin !== to.origin) ||
    (from.protocol === "https:" && to.protocol !== "https:");
  return hidden ? "null" : from.origin;
}
