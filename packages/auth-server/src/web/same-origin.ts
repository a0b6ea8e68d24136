/** Whether a form was sent by our own page (Fetch Metadata §2.3); a browser without the header proves it by its token. */
export function isSameOrigin(site: string | undefined): boolean {
  return site === undefined || site === "same-origin" || site === "none";
}
