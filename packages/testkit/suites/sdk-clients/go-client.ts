import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "../../src/process/project-root.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";

/** What conversation.go writes, one object a line. */
interface Response {
  readonly tools?: string[];
  readonly text?: string;
  readonly error?: string;
  readonly open?: string;
}

const programs = join(projectRoot, ".cache", "go-clients");

/**
 * Builds the clients of the folder `go` with the machine's Go. Resolves with the reason where it cannot: there is no Go,
 * or the modules cannot be downloaded.
 */
export async function buildGoClients(): Promise<string | undefined> {
  const go = findExecutable("go");
  if (go === undefined) return "go is not on PATH";
  await mkdir(programs, { recursive: true });
  const build = spawn(go, ["build", "-buildvcs=false", "-o", `${programs}/`, "./go-sdk", "./mcp-go"], {
    cwd: join(import.meta.dirname, "go"),
    env: { ...process.env, GOTOOLCHAIN: "local" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = (await once(build, "close")) as [number];
  return code === 0 ? undefined : `go build fails (${code})`;
}

/** A client of the folder `go`; `buildGoClients` has built it. */
export function goClient(name: "go-sdk" | "mcp-go"): StartClient {
  return async ({ mcpUrl, browser }) => {
    const start = () => {
      const program = spawn(join(programs, name), [mcpUrl], { env: {}, stdio: ["pipe", "pipe", "inherit"] });
      return { program, responses: createInterface({ input: program.stdout })[Symbol.asyncIterator]() };
    };
    let running = start();
    const ask = async (command: object): Promise<Response> => {
      const say = (line: object) => running.program.stdin.write(`${JSON.stringify(line)}\n`);
      say(command);
      for (;;) {
        const { value, done } = await running.responses.next();
        if (done === true) throw new Error(`${name} has exited`);
        const response = JSON.parse(value) as Response;
        if (response.error !== undefined) throw new Error(response.error);
        if (response.open === undefined) return response;
        say({ redirect: (await browser.signIn(response.open)).href });
      }
    };
    const end = async () => {
      const closed = once(running.program, "close");
      running.program.stdin.end();
      await closed;
    };
    return {
      listTools: async () => (await ask({})).tools ?? [],
      callTool: async (tool, given) => (await ask({ tool, arguments: given })).text ?? "",
      async restart() {
        await end();
        running = start();
      },
      close: end,
    };
  };
}
