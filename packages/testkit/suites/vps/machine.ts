import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "../../src/process/project-root.ts";
import { Container } from "./container.ts";
import { createDebianRoot } from "./debian-root.ts";
import { createNetwork } from "./private-network.ts";

export const aptGet = ["apt-get", "--quiet", "--quiet", "--yes", "--no-install-recommends"];

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Why no container can be started here; false where one can. */
export function missingForContainers(): string | false {
  if (process.getuid?.() !== 0) return "containers need root";
  const missing = ["systemd-nspawn", "mmdebstrap", "nsenter", "ip", "dpkg-deb"].find(
    (name) => findExecutable(name) === undefined,
  );
  return missing !== undefined && `${missing} is not on PATH`;
}

export interface Machine {
  readonly container: Container;
  /** Its root directory, outside. */
  readonly root: string;
  /** A path of a network namespace. */
  readonly network: string;
  /** For logs. */
  readonly scratch: string;
  /** Where the package of this version is, inside. */
  readonly deb: (version: string) => string;
}

/** A booted container with packages of these versions. Defers its end on `opened`. */
export async function startMachine(
  opened: AsyncDisposableStack,
  versions: readonly string[],
): Promise<Machine> {
  const scratch = await mkdtemp(join(tmpdir(), "fjmcp-vps-"));
  opened.defer(() => rm(scratch, { recursive: true, force: true }));
  const architecture = architectures[process.arch]!;
  const fileName = (version: string) => `fjmcp_${version}_${architecture}.deb`;
  const { dir, remove } = await createDebianRoot();
  opened.defer(remove);
  for (const version of versions) {
    const build = [join(projectRoot, "deploy/debian/src/main.ts"), "--fast", `--version=${version}`];
    const chosen = [`--architecture=${architecture}`, `--out=${scratch}`];
    await promisify(execFile)(process.execPath, [...build, ...chosen]);
    await copyFile(join(scratch, fileName(version)), join(dir, "root", fileName(version)));
  }
  const network = await createNetwork(opened, scratch);
  const container = new Container({ dir, network, log: join(scratch, "console.log") });
  opened.defer(() => container.powerOff());
  await container.boot();
  return { container, root: dir, network, scratch, deb: (version) => `/root/${fileName(version)}` };
}

/** Installs packages as an administrator does, with Debian's archive in reach. */
export async function aptInstall(container: Container, ...names: readonly string[]): Promise<string> {
  return await container.run([...aptGet, "install", ...names], { network: "outside" });
}
