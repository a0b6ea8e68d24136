import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { debianChangelog } from "./changelog.ts";
import { manualPage } from "./manual-page.ts";
import type { NodePackage } from "./node-package.ts";
import type { Programs } from "./programs.ts";
import { projectRoot, type Release } from "./release.ts";
import { sbom } from "./sbom.ts";
import type { Staging } from "./staging.ts";

const deploy = join(projectRoot, "deploy");
const ownFiles = join(deploy, "debian", "files");

/** Where a file of deploy/systemd goes, by its extension, and its mode unless that is 0644. */
const unitPlaces: Readonly<Record<string, { place: (name: string) => string; mode?: number }>> = {
  ".service": { place: (name) => `usr/lib/systemd/system/${name}` },
  ".socket": { place: (name) => `usr/lib/systemd/system/${name}` },
  ".target": { place: (name) => `usr/lib/systemd/system/${name}` },
  ".sysusers": { place: (name) => `usr/lib/sysusers.d/${name.replace(".sysusers", ".conf")}` },
  ".tmpfiles": { place: (name) => `usr/lib/tmpfiles.d/${name.replace(".tmpfiles", ".conf")}` },
  ".rules": { place: (name) => `usr/share/polkit-1/rules.d/${name}` },
  ".generator": {
    place: (name) => `usr/lib/systemd/system-generators/${name.replace(".generator", "")}`,
    mode: 0o755,
  },
};

export interface PackageContents {
  readonly programs: Programs;
  readonly node: NodePackage;
  readonly release: Release;
}

/** Puts everything that is installed into `staging`. */
export function stagePackage(staging: Staging, { programs, node, release }: PackageContents): void {
  for (const [name, { code }] of programs.bundles) staging.write(`usr/lib/fjmcp/${name}.mjs`, code);
  staging.copy("usr/lib/fjmcp/node", node.executable, 0o755);
  for (const name of ["redis-server", "with-notify-socket"]) {
    staging.copy(`usr/lib/fjmcp/${name}`, join(ownFiles, name), 0o755);
  }
  for (const kind of ["redis", "valkey"]) {
    staging.link(`usr/lib/fjmcp/servers/${kind}-server`, `../../../bin/${kind}-check-rdb`);
  }
  staging.copy("usr/bin/fjmcp", join(ownFiles, "fjmcp"), 0o755);
  stageUnits(staging);
  stageTemplates(staging);
  const manual = manualPage(readFileSync(join(ownFiles, "fjmcp.1"), "utf8"));
  staging.write("usr/share/man/man1/fjmcp.1.gz", gzip(manual));
  staging.copy("usr/share/bash-completion/completions/fjmcp", join(ownFiles, "fjmcp.bash"));
  stageDocuments(staging, { programs, node, release });
}

function stageDocuments(staging: Staging, { programs, node, release }: PackageContents): void {
  const doc = "usr/share/doc/fjmcp";
  staging.write(`${doc}/sbom.cdx.json.gz`, gzip(sbom({ packages: programs.packages, node, release })));
  staging.write(`${doc}/copyright`, programs.copyright);
  staging.write(`${doc}/node-copyright.gz`, gzip(node.licence));
  staging.write(`${doc}/changelog.gz`, gzip(debianChangelog(release)));
  staging.write(`${doc}/CHANGELOG.md.gz`, gzip(readFileSync(join(projectRoot, "CHANGELOG.md"))));
  staging.copy("usr/share/lintian/overrides/fjmcp", join(deploy, "debian", "control", "lintian-overrides"));
}

function stageUnits(staging: Staging): void {
  for (const name of filesOf(join(deploy, "systemd"))) {
    const unit = unitPlaces[extname(name)];
    if (unit === undefined) throw new Error(`deploy/systemd/${name} has no place in the package`);
    staging.copy(unit.place(name), join(deploy, "systemd", name), unit.mode);
  }
}

/** What `fjmcp setup` writes the configuration from, the recipes of the proxies, and the dashboard of the metrics. */
function stageTemplates(staging: Staging): void {
  for (const name of filesOf(deploy)) staging.copy(`usr/share/fjmcp/${name}`, join(deploy, name));
  for (const folder of ["proxy", "grafana"])
    for (const name of filesOf(join(deploy, folder)))
      staging.copy(`usr/share/fjmcp/${folder}/${name}`, join(deploy, folder, name));
}

function filesOf(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ name }) => name).toSorted();
}

/** Without the time and the name that gzip(1) would add, as Debian demands. */
function gzip(content: string | Uint8Array): Uint8Array {
  return gzipSync(content, { level: 9 });
}
