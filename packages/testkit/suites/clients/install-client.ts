import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { projectRoot } from "../../src/process/project-root.ts";

/** An installed client. */
export interface InstalledClient {
  readonly version: string;
  /** The folder of its programs. */
  readonly programs: string;
}

const packageFile = z.object({ version: z.string() });

/** Installs a package from npm into `.cache/clients`. Rejects with npm's message. */
export async function installClient(npmPackage: string, version: string): Promise<InstalledClient> {
  const folder = join(projectRoot, ".cache", "clients", npmPackage.replaceAll("/", "+"));
  await mkdir(folder, { recursive: true });
  const words = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"];
  await promisify(execFile)("npm", [...words, `${npmPackage}@${version}`]).catch((error: Error) => {
    const [, reason = error.message] = /npm error (?!code )\w+ (.+)/.exec(error.message) ?? [];
    throw new Error(`npm: ${reason}`, { cause: error });
  });
  const modules = join(folder, "node_modules");
  const text = await readFile(join(modules, npmPackage, "package.json"), "utf8");
  return { version: packageFile.parse(JSON.parse(text)).version, programs: join(modules, ".bin") };
}
