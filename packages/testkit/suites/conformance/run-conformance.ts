import { spawn } from "node:child_process";
import { once } from "node:events";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** One check of a scenario, as the suite writes it; further fields are left out. */
interface Check {
  readonly id: string;
  readonly description: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  readonly errorMessage?: string;
}

export interface ConformanceRun {
  /** 0 where nothing failed but what was expected to, and all of that did. */
  readonly exitCode: number;
  /** What the suite printed. */
  readonly output: string;
  /** The checks of each scenario that ran. */
  readonly scenarios: ReadonlyMap<string, readonly Check[]>;
}

/** The folder of `@modelcontextprotocol/conformance`. */
const packageDir = fileURLToPath(
  new URL("../../node_modules/@modelcontextprotocol/conformance", import.meta.url),
);

/**
 * Runs the official conformance suite: `conformance COMMAND --OPTION VALUE…`. `onOutput` gets all that it has printed so far, each
 * time that it prints more.
 */
export async function runConformance(
  command: "server" | "authorization",
  options: Readonly<Record<string, string>>,
  onOutput: (output: string) => void = () => undefined,
): Promise<ConformanceRun> {
  const dir = await mkdtemp(join(tmpdir(), "fjmcp-conformance-"));
  try {
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const suite = spawn(
      process.execPath,
      [join(packageDir, "dist/index.js"), command, ...words, "--output-dir", dir],
      // Without tap's loader in NODE_OPTIONS.
      { env: { PATH: process.env.PATH, HOME: dir, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let output = "";
    for (const stream of [suite.stdout, suite.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => onOutput((output += text)));
    }
    const [code] = (await once(suite, "close")) as [number | null];
    return { exitCode: code ?? 1, output, scenarios: await readResults(dir) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The scenarios that the suite scores for a revision: those without which there is no conformance to it. */
export async function scoredScenarios(revision: string): Promise<string[]> {
  const requirements = await readFile(join(packageDir, "requirements", `${revision}.yaml`), "utf8");
  const section = /^server:\n((?: {2}- .*\n)+)/m.exec(requirements)?.[1] ?? "";
  return [...section.matchAll(/^ {2}- (\S+)$/gm)].map(([, name]) => name!);
}

/** Each result is in a folder that is named after command, scenario and time; a scenario that broke off has none. */
async function readResults(dir: string): Promise<Map<string, Check[]>> {
  const results = new Map<string, Check[]>();
  for await (const file of glob("*/checks.json", { cwd: dir })) {
    const name = /^(?:authorization-server|server)-(.*)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(dirname(file))?.[1];
    if (name === undefined) throw new Error(`${file}: the suite names its results in another way`);
    results.set(name, JSON.parse(await readFile(join(dir, file), "utf8")) as Check[]);
  }
  return results;
}
