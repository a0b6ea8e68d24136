import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundledPackage } from "./bundled-packages.ts";
import { projectRoot } from "./release.ts";

/** Packages without a file of their own, and the package of the same authors whose file applies to them. */
const sharedLicences: Readonly<Record<string, string>> = { "koa-compose": "koa" };
/** Licences that Debian keeps on every machine and lets no package repeat. */
const commonLicences: Readonly<Record<string, string>> = {
  "Apache-2.0": "/usr/share/common-licenses/Apache-2.0",
};
/** What fjmcp, under MIT, may be distributed with. Another licence needs a look. */
const permitted = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
]);

/**
 * The package's copyright file: fjmcp's licence, and those of the packages in its bundles. Throws where a package has no
 * licence text, or a licence that is not known to permit its distribution.
 */
export function copyrightFile(packages: readonly BundledPackage[]): string {
  return [
    "fjmcp",
    "",
    readFileSync(join(projectRoot, "LICENSE"), "utf8").trim(),
    "",
    "/usr/lib/fjmcp/node is Node.js; node-copyright.gz beside this file has its licence and those of its parts.",
    "",
    "The programs in /usr/lib/fjmcp contain these packages from npm:",
    ...packages.map((bundled) => section(bundled, packages)),
    "",
  ].join("\n");
}

function section(bundled: BundledPackage, all: readonly BundledPackage[]): string {
  const { name, version, licence } = bundled;
  return [
    "",
    "-".repeat(80),
    `${name} ${version} (${licence})`,
    "",
    noticesOf(bundled, all).join("\n\n"),
  ].join("\n");
}

function noticesOf(
  { name, version, licence, dir }: BundledPackage,
  all: readonly BundledPackage[],
): string[] {
  if (!permitted.has(licence))
    throw new Error(`${name} ${version} has the licence ${licence}, which is not permitted`);
  const source = sharedLicences[name];
  const texts = licenceTexts(source === undefined ? dir : all.find((other) => other.name === source)!.dir);
  if (texts.length === 0) throw new Error(`${name} ${version} comes without the text of its licence`);
  const common = commonLicences[licence];
  return common === undefined ? texts : [...texts.flatMap(copyrightLines), `The licence is in ${common}.`];
}

function licenceTexts(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return names
    .toSorted()
    .map((name) => readFileSync(join(dir, name), "utf8").replaceAll("\r\n", "\n").trim());
}

/** Of a licence whose text is elsewhere; the text's own placeholder is none. */
function copyrightLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^\s*copyright .*\d{4}/i.test(line))
    .map((line) => line.trim());
}
