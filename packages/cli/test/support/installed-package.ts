import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { runCli } from "./run-cli.ts";
import { stubPrograms } from "./stub-programs.ts";

/** A root directory as the package leaves it, with forgejo-mcp. */
export function installedPackage(t: Test, { withChild = true } = {}) {
  const root = temporaryDirectory(t);
  const programs = stubPrograms(temporaryDirectory(t));
  const share = join(root, "usr/share/fjmcp");
  mkdirSync(join(share, "proxy"), { recursive: true });
  cpSync(join(projectRoot, "deploy/redis.acl"), join(share, "redis.acl"));
  const template =
    '# The public origin.\nFJMCP_ISSUER=\n\nFJMCP_FORGEJO_URL=\n#FJMCP_CHILD_COMMAND="x"\n#FJMCP_LOG_LEVEL=info\n';
  writeFileSync(join(share, "fjmcp.env"), template);
  writeFileSync(join(share, "proxy/Caddyfile"), "mcp.example.org {\n\treverse_proxy x\n}\n");
  mkdirSync(join(root, "usr/local/bin"), { recursive: true });
  if (withChild) writeFileSync(join(root, "usr/local/bin/forgejo-mcp"), "#!/bin/sh\n", { mode: 0o755 });
  return {
    root,
    programs,
    setup: (args: readonly string[], input = "") =>
      runCli(["setup", "--root", root, "--yes", "--private", ...args], { path: programs.path, input }),
    read: (path: string) => readFileSync(join(root, path), "utf8"),
    credential: (name: string) => readFileSync(join(root, "etc/fjmcp/credentials", name), "utf8").trim(),
  };
}
