// Verifies that a pnpm is the pinned one: `node .ci/verify-pnpm.mjs PATH`, with the path of the program that runs. npm compares
// each tarball that it unpacks with the hash that the registry names, and records that; here the recorded hashes are compared
// with those pinned: pnpm's in `packageManager`, and that of its executable, which is a package of its own, in
// `pnpm-executables.json`. It needs no network and no dependency.
import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const [, version, hash] =
  /^pnpm@([^+]+)\+sha512\.([0-9a-f]{128})$/.exec(json(join(root, "package.json")).packageManager) ?? [];
const pinned = {
  pnpm: `sha512-${Buffer.from(hash ?? "", "hex").toString("base64")}`,
  ...json(join(import.meta.dirname, "pnpm-executables.json")),
};

/** What is wrong; undefined when nothing is. */
function faultOf(program) {
  const path = realpathSync(program);
  const modules = dirname(dirname(path));
  let packages;
  try {
    ({ packages } = json(join(modules, ".package-lock.json")));
  } catch {
    return `${path} was not installed by npx`;
  }
  const installed = Object.keys(packages).map((key) => key.replace("node_modules/", ""));
  for (const name of installed) {
    if (packages[`node_modules/${name}`].integrity !== pinned[name])
      return `${name} in ${modules} has another hash than the one pinned`;
  }
  const executable = installed.find((name) => name.startsWith("@pnpm/exe."));
  if (executable === undefined || !installed.includes("pnpm")) return `${modules} is no complete pnpm`;
  if (!readFileSync(path).equals(readFileSync(join(modules, executable, "pnpm"))))
    return `${path} is not the executable of ${executable}`;
  return undefined;
}

const fault = faultOf(process.argv[2]);
if (fault !== undefined) {
  process.stderr.write(
    `This pnpm cannot be verified: ${fault}.\nRemove its folder where npx keeps it, and run npx -y pnpm@${version} again.\n`,
  );
  process.exitCode = 1;
}
