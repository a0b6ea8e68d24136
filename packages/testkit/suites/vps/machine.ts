import { execFile, spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "../../src/process/project-root.ts";
import { Container } from "./container.ts";
import { aptArchives, createDebianRoot, type Distribution } from "./debian-root.ts";
import { createNetwork } from "./private-network.ts";
import { stubArchitecture } from "./stub-release.ts";

const architecture = "amd64";

/** Why no container can be started here; false where one can. */
export function missingForContainers(): string | false {
  if (process.getuid?.() !== 0) return "containers need root";
  const missing = ["systemd-nspawn", "mmdebstrap", "nsenter", "ip", "dpkg-deb"].find(
    (name) => findExecutable(name) === undefined,
  );
  if (missing !== undefined) return `${missing} is not on PATH`;
  if (process.arch !== stubArchitecture) return `the stub release is for ${stubArchitecture} alone`;
  const { status, stderr } = spawnSync("unshare", ["--mount", "--net", "--pid", "--fork", "true"]);
  return status !== 0 && `this machine permits no namespaces: ${String(stderr).trim()}`;
}

export interface Machine {
  readonly container: Container;
  /** Its root directory, outside. */
  readonly root: string;
  /** A path of a network namespace. */
  readonly network: string;
  /** For logs. */
  readonly scratch: string;
  /** The path of the package of this version in /root, inside. */
  readonly deb: (version: string) => string;
}

/** A booted container of this distribution with packages of these versions. Defers its end on `opened`. */
export async function startMachine(
  opened: AsyncDisposableStack,
  distribution: Distribution,
  versions: readonly string[],
): Promise<Machine> {
  const scratch = await mkdtemp(join(tmpdir(), "fjmcp-vps-"));
  opened.defer(() => rm(scratch, { recursive: true, force: true }));
  const [dir] = await Promise.all([createDebianRoot(opened, distribution), buildPackages(versions, scratch)]);
  for (const version of versions)
    await copyFile(join(scratch, fileName(version)), join(dir, "root", fileName(version)));
  const network = await createNetwork(opened, scratch);
  const log = join(scratch, "console.log");
  const container = new Container({ dir, network, aptArchives: aptArchives(distribution), log });
  opened.defer(() => container.powerOff());
  await container.boot();
  return { container, root: dir, network, scratch, deb: (version) => `./${fileName(version)}` };
}

function fileName(version: string): string {
  return `fjmcp_${version}_${architecture}.deb`;
}

/** One after the other: they share the cache of Node packages. */
async function buildPackages(versions: readonly string[], out: string): Promise<void> {
  for (const version of versions) {
    const build = [join(projectRoot, "deploy/debian/src/main.ts"), "--fast", `--version=${version}`];
    const chosen = [`--architecture=${architecture}`, `--out=${out}`];
    await promisify(execFile)(process.execPath, [...build, ...chosen]);
  }
}
