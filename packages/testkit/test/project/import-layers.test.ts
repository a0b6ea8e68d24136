import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

/**
 * The layers of each package's `src`, from the composition root down. A layer is a file or a folder; a file belongs to
 * the longest match, and "." holds all other files directly in `src`. A file imports from its own layer or lower ones.
 */
const layers = {
  "auth-server": [
    "main.ts",
    "server.ts",
    "listen.ts",
    "known-clients.ts",
    "connect-forgejo.ts",
    "inspect.ts",
    "scope-findings.ts",
    "installation.ts",
    "config.ts",
    "access-settings.ts",
    "forgejo-application-settings.ts",
    "redis",
    "admin",
    "ipc",
    "web",
    "http",
    "login",
    "provider",
    "upstream",
    "upstream/tokens",
    "upstream/vault",
    "upstream/forgejo",
    "upstream/errors",
    "metrics",
    "audit-events.ts",
    "connections-events.ts",
    "grant",
    "rate-limit",
    "crypto",
    ".",
  ],
  "session-daemon": [
    "main.ts",
    "start.ts",
    "tool-table",
    "check-child",
    "daemon.ts",
    "clean-up.ts",
    "drain.ts",
    "inspect.ts",
    "config.ts",
    "redis",
    "ipc",
    "metrics",
    "mcp",
    "http",
    "session",
    "observation",
    "worker/pool",
    "worker/mcp-client",
    "worker/child",
    "worker/sandbox",
    "worker/process",
    "worker/command",
    "worker/calls",
    "worker",
    "events.ts",
    "auth",
    "policy",
    "jsonrpc",
    "runtime",
    ".",
  ],
  cli: [
    "main.ts",
    "command-reference.ts",
    "command-line.ts",
    "commands",
    "setup",
    "doctor",
    "client-profiles",
    "top",
    "audit",
    "explain",
    "system",
    "terminal",
    "http",
    "admin",
    ".",
  ],
  shared: ["service", "metrics", "redis", "http-server", "ipc", "oauth", "config", "net", "process", "."],
  testkit: [
    "bench",
    "runner",
    "real-clients",
    "stack",
    "redis",
    "forgejo",
    "browser",
    "fuzz",
    "mcp-client",
    "oauth-client",
    "scripted-user",
    "children",
    "project",
    "process",
    ".",
  ],
} as const;

for (const [name, order] of Object.entries<readonly string[]>(layers)) {
  const src = join(projectRoot, "packages", name, "src");
  const imports = new Map(globSync("**/*.ts", { cwd: src }).map((file) => [file, importsOf(src, file)]));
  const layerOf = (file: string) => {
    const matching = order.filter((layer) => file === layer || file.startsWith(`${layer}/`));
    const longest = matching.toSorted((a, b) => b.length - a.length)[0];
    return order.indexOf(longest ?? (file.includes("/") ? "" : "."));
  };

  t.test(`files of ${name} import only from their own layer or lower ones`, async (t) => {
    t.ok(imports.size > 10, "the files were found");
    t.same(
      [...imports.keys()].filter((file) => layerOf(file) === -1),
      [],
      "every file has a layer",
    );
    for (const [file, imported] of imports) {
      const upward = imported.filter((target) => layerOf(target) < layerOf(file));
      for (const target of upward) t.fail(`${name}/src/${file} → ${target}`);
    }
  });

  t.test(`no files of ${name} import each other in a circle, type imports included`, async (t) => {
    t.same(circlesIn(imports), []);
  });
}

/** The files of the same package that `file` imports, as paths in `src`; type imports included. */
function importsOf(src: string, file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target]) =>
    normalize(join(dirname(file), target!)),
  );
}

/** Each circle that a depth-first search finds, as `a → b → a`. */
function circlesIn(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}
