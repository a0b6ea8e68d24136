import type { Release } from "./release.ts";

/** Debian's changelog of the package (deb-changelog(5)), with the one entry of this release. */
export function debianChangelog({ version, epochSec }: Release): string {
  const date = new Date(epochSec * 1000).toUTCString().replace("GMT", "+0000");
  return `fjmcp (${version}) stable; urgency=medium

  * CHANGELOG.md.gz lists what changed.

 -- the fjmcp authors <fjmcp@packages.invalid>  ${date}
`;
}
