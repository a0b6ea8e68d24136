import type { Context } from "hono";

/** Whether a request that changes something comes from a page of ours. */
type IsSameOrigin = (c: Context) => boolean;

/**
 * By Sec-Fetch-Site where a browser sends it (Fetch Metadata §2.3): `same-origin`, or `none`, which no site can cause: the user
 * has repeated the request, by a reload. An older browser sends Origin alone with a form, which must be the issuer's (RFC
 * 6454 §7). A request with neither comes from a program, which no other site can make send a cookie. It stands beside the
 * CSRF tokens of the forms, and replaces none.
 */
export function createIsSameOrigin(issuer: string): IsSameOrigin {
  const { origin } = new URL(issuer);
  return (c) => {
    const site = c.req.header("sec-fetch-site");
    if (site !== undefined) return site === "same-origin" || site === "none";
    return (c.req.header("origin") ?? origin) === origin;
  };
}
