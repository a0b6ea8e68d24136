import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { waitUntil } from "../../src/process/wait-until.ts";
import { checkoutInside, type Container } from "./container.ts";
import type { Distribution } from "./debian-root.ts";
import { startMachine, type Machine } from "./machine.ts";
import { pageScripts } from "./page-scripts.ts";
import {
  forgejoUrl,
  releaseUrl,
  serveRelease,
  startForgejo,
  type SandboxForgejo,
} from "./private-network.ts";
import { caFile, publicHost } from "./public-name.ts";
import { stubRelease } from "./stub-release.ts";

/** Options of `fjmcp setup` and `fjmcp doctor` for a name with an internal CA. */
export const privateOptions = ["--private", "--ca-file", caFile];

/** A machine on which the commands of docs/setup/deploy.md and operations.md are run, section by section. */
export interface Deployment extends Machine {
  readonly forgejo: SandboxForgejo;
  /** Each resolves with what the section's commands write. */
  installPackage(): Promise<string>;
  configureProxy(): Promise<string>;
  setUp(): Promise<string>;
  backUp(): Promise<string>;
  restore(): Promise<string>;
  repairRedis(): Promise<string>;
}

/**
 * Boots a machine with packages of these versions, of which the first is deployed, with a Forgejo and a release of the stub
 * within its reach. `alternative` is a package that apt gets beside fjmcp.
 */
export async function prepareDeployment(
  opened: AsyncDisposableStack,
  distribution: Distribution,
  versions: readonly [string, ...string[]],
  alternative = "",
): Promise<Deployment> {
  const machine = await startMachine(opened, distribution, versions);
  const { container, network, root, scratch: dir } = machine;
  const forgejo = await startForgejo(opened, { network, dir });
  const program = join(checkoutInside, "packages/testkit/suites/vps/fixtures/forgejo-mcp.ts");
  const { archive, digest } = stubRelease("/usr/lib/fjmcp/node", program);
  const file = join(dir, "forgejo-mcp.tar.gz");
  await writeFile(file, archive);
  await serveRelease(opened, { network, dir, file });
  await writeFile(join(root, "root/token"), `${forgejo.accessToken}\n`, { mode: 0o600 });
  const replacements = {
    "./fjmcp_0.1.0_amd64.deb": `${machine.deb(versions[0])} ${alternative}`,
    "mcp.example.org": publicHost,
    "https://forgejo.example.org": forgejoUrl,
    "--child-release": `--child-url ${releaseUrl}`,
    DIGEST: digest,
    // No certificate authority reaches a private network.
    "cat /usr/share/fjmcp/proxy/Caddyfile.options": String.raw`sed 's/admin off/&\n\tlocal_certs/' /usr/share/fjmcp/proxy/Caddyfile.options`,
    "fjmcp setup": `fjmcp setup ${privateOptions.join(" ")}`,
  };
  const script = (page: string, heading: string) => pageScripts(page, heading, replacements).join("");
  return {
    ...machine,
    forgejo,
    async installPackage() {
      const output = await container.script(script("deploy.md", "1. Install the package and a proxy"), {
        network: "outside",
      });
      await showStub(container, root);
      return output;
    },
    async configureProxy() {
      const output = await container.script(script("deploy.md", "2. Let Caddy serve the name"));
      const isThere = () => existsSync(join(root, caFile));
      await waitUntil("Caddy should make its certificate authority", isThere, { timeoutMs: 30_000 });
      return output;
    },
    setUp: () => container.script(script("deploy.md", "3. Set it up")),
    backUp: () => container.script(script("operations.md", "Back up")),
    restore: () => container.script(script("operations.md", "Restore")),
    repairRedis: () => container.script(script("operations.md", "Redis lost")),
  };
}

/** The stub is a program of the checkout that Node runs: forgejo-mcp needs neither setting. */
async function showStub(container: Container, root: string): Promise<void> {
  const template = await readFile(join(root, "usr/share/fjmcp/fjmcp.env"), "utf8");
  const settings = `FJMCP_SANDBOX_READ=${checkoutInside}\nFJMCP_CHILD_MEMORY_MIB=1024\n`;
  await container.run(["mkdir", "-p", "/etc/fjmcp"]);
  await writeFile(join(root, "etc/fjmcp/fjmcp.env"), template + settings);
}
