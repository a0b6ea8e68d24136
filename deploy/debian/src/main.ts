// `pnpm package`: builds the Debian packages and tarballs of all architectures into dist, or with --programs only the
// programs of this machine's architecture, with their Node, into a folder.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { architectures } from "./architecture.ts";
import { bestCompression, fastCompression, writeDeb, writeTarball } from "./archives.ts";
import { nodePackage } from "./node-package.ts";
import { stagePackage } from "./package-files.ts";
import { buildPrograms } from "./programs.ts";
import { cacheDir, packageVersion, projectRoot, readRelease } from "./release.ts";
import { Staging } from "./staging.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    /** May be repeated; all by default. */
    architecture: { type: "string", multiple: true, default: architectures.map(({ name }) => name) },
    version: { type: "string" },
    /** For trying: compresses little, which is a matter of seconds instead of minutes. */
    fast: { type: "boolean", default: false },
    programs: { type: "string" },
    out: { type: "string", default: join(projectRoot, "dist") },
  },
});
const version = values.version ?? packageVersion();
const chosen = values.architecture.map((wanted) => {
  const found = architectures.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no architecture ${wanted}`);
  return found;
});

if (values.programs === undefined) await buildArchives();
else await writePrograms(resolve(values.programs));

async function buildArchives(): Promise<void> {
  const compression = values.fast ? fastCompression : bestCompression;
  const release = readRelease(version);
  const out = resolve(values.out);
  const programs = await buildPrograms(release.version);
  mkdirSync(join(out, "source-maps"), { recursive: true });
  for (const [name, { sourceMap }] of programs.bundles) {
    writeFileSync(join(out, "source-maps", `${name}.mjs.map`), sourceMap);
  }
  mkdirSync(cacheDir, { recursive: true });
  for (const architecture of chosen) {
    const node = nodePackage(architecture);
    if (!node.isStripped) print(`${architecture.strip} is not on PATH: Node keeps its symbols`);
    const dir = mkdtempSync(join(cacheDir, "staging-"));
    try {
      const staging = new Staging(join(dir, "root"));
      stagePackage(staging, { programs, node, release });
      const name = join(out, `fjmcp_${release.version}_${architecture.name}`);
      writeTarball(staging, release, { file: `${name}.tar.gz`, compression });
      writeDeb(staging, architecture, release, { file: `${name}.deb`, compression });
      for (const file of [`${name}.tar.gz`, `${name}.deb`]) print(`${sha256(file)}  ${basename(file)}`);
    } finally {
      rmSync(dir, { recursive: true });
    }
  }
}

async function writePrograms(dir: string): Promise<void> {
  const architecture = architectures.find(({ nodePackage: name }) => name.endsWith(`-${process.arch}`));
  if (architecture === undefined) throw new Error(`There is no package for ${process.arch}`);
  const { bundles } = await buildPrograms(version);
  mkdirSync(dir, { recursive: true });
  for (const [name, { code }] of bundles) writeFileSync(join(dir, `${name}.mjs`), code);
  cpSync(nodePackage(architecture).executable, join(dir, "node"));
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
