import type { BundledPackage } from "./bundled-packages.ts";
import type { NodePackage } from "./node-package.ts";
import type { Release } from "./release.ts";

interface SbomContents {
  readonly packages: readonly BundledPackage[];
  readonly node: Pick<NodePackage, "name" | "version">;
  readonly release: Release;
}

/**
 * The software bill of materials of one package (CycloneDX 1.6, JSON): fjmcp, the packages of npm in its bundles, and its
 * Node. Without a serial number, and with the time of the release: the same commit gives the same bytes.
 */
export function sbom({ packages, node, release }: SbomContents): string {
  const root = { type: "application", "bom-ref": "fjmcp", name: "fjmcp", version: release.version };
  const components = [
    ...packages.map(({ name, version, licence }) => ({
      ...component("library", name, version),
      ...licensed(licence),
    })),
    // The binary of the package of npm is that of nodejs.org.
    {
      ...component("application", node.name, node.version),
      cpe: `cpe:2.3:a:nodejs:node.js:${node.version}:*:*:*:*:*:*:*`,
    },
  ];
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp: new Date(release.epochSec * 1000).toISOString(),
      component: { ...root, ...licensed("MIT") },
    },
    components,
    dependencies: [{ ref: "fjmcp", dependsOn: components.map((each) => each["bom-ref"]) }],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

function component(type: string, name: string, version: string) {
  const [scope, short] = name.startsWith("@") ? name.split("/") : [undefined, name];
  const purl = `pkg:npm/${scope === undefined ? "" : `${encodeURIComponent(scope)}/`}${short}@${version}`;
  return { type, "bom-ref": purl, name, version, purl };
}

function licensed(id: string) {
  return { licenses: [{ license: { id } }] };
}
