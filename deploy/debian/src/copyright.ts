import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "./release.ts";

/** One package of npm whose code is in a bundle. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json declares it (SPDX). */
  readonly licence: string;
  readonly notices: readonly string[];
}

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
 * The package's copyright file: fjmcp's licence, and those of all packages that `modules`, absolute paths, come from.
 * Throws where a package has no licence text, or a licence that is not known to permit its distribution.
 */
export function copyrightFile(modules: readonly string[]): string {
  const dirs = new Set(modules.filter((path) => path.includes("/node_modules/")).map(packageDir));
  const packages = [...dirs].map((dir) => bundledPackage(dir, [...dirs])).toSorted(byNameAndVersion);
  return [
    "fjmcp",
    "",
    readFileSync(join(projectRoot, "LICENSE"), "utf8").trim(),
    "",
    "/usr/lib/fjmcp/node is Node.js; node-copyright.gz beside this file has its licence and those of its parts.",
    "",
    "The programs in /usr/lib/fjmcp contain these packages from npm:",
    ...packages.map(section),
    "",
  ].join("\n");
}

function section({ name, version, licence, notices }: BundledPackage): string {
  return ["", "-".repeat(80), `${name} ${version} (${licence})`, "", notices.join("\n\n")].join("\n");
}

function bundledPackage(dir: string, all: readonly string[]): BundledPackage {
  const { name, version, license: licence = "none" } = manifest(dir);
  if (!permitted.has(licence))
    throw new Error(`${name} ${version} has the licence ${licence}, which is not permitted`);
  const source = sharedLicences[name!];
  const texts = licenceTexts(
    source === undefined ? dir : all.find((other) => manifest(other).name === source)!,
  );
  if (texts.length === 0) throw new Error(`${name} ${version} comes without the text of its licence`);
  const common = commonLicences[licence];
  const notices =
    common === undefined ? texts : [...texts.flatMap(copyrightLines), `The licence is in ${common}.`];
  return { name: name!, version: version!, licence, notices };
}

/** The nearest folder above with a package.json that names a package. */
function packageDir(path: string): string {
  const dir = dirname(path);
  const isPackage = existsSync(join(dir, "package.json")) && manifest(dir).name !== undefined;
  return isPackage ? dir : packageDir(dir);
}

function manifest(dir: string): Partial<Record<"name" | "version" | "license", string>> {
  return JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as ReturnType<typeof manifest>;
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

function byNameAndVersion(a: BundledPackage, b: BundledPackage): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1;
}
