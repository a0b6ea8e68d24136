import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "../../src/process/project-root.ts";
import { Container } from "./container.ts";
import { createDebianRoot } from "./debian-root.ts";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Why no container can be started here; false where one can. */
export function missingForContainers(): string | false {
  if (process.getuid?.() !== 0) return "containers need root";
  const missing = ["systemd-nspawn", "mmdebstrap", "nsenter", "dpkg-deb"].find(
    (name) => findExecutable(name) === undefined,
  );
  return missing !== undefined && `${missing} is not on PATH`;
}

/** A booted container, and packages of these versions in its /root. Defers its end on `opened`. */
export async function startMachine(
  opened: AsyncDisposableStack,
  versions: readonly string[],
): Promise<{ container: Container; root: string; deb: (version: string) => string }> {
  const scratch = await mkdtemp(join(tmpdir(), "fjmcp-vps-"));
  opened.defer(() => rm(scratch, { recursive: true, force: true }));
  const architecture = architectures[process.arch]!;
  const fileName = (version: string) => `fjmcp_${version}_${architecture}.deb`;
  const { dir, remove } = await createDebianRoot();
  opened.defer(remove);
  for (const version of versions) {
    const build = [join(projectRoot, "deploy/debian/src/main.ts"), "--fast", `--version=${version}`];
    await promisify(execFile)(process.execPath, [
      ...build,
      `--architecture=${architecture}`,
      `--out=${scratch}`,
    ]);
    await copyFile(join(scratch, fileName(version)), join(dir, "root", fileName(version)));
  }
  const container = new Container(dir, join(scratch, "console.log"));
  opened.defer(() => container.powerOff());
  await container.boot();
  return { container, root: dir, deb: (version) => `/root/${fileName(version)}` };
}
