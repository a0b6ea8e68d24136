import { fileURLToPath } from "node:url";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { parseStubArguments, type StubMode } from "./stub-arguments.ts";

/** A child MCP server as FJMCP_CHILD_COMMAND and FJMCP_CHILD_ENV have it, with the placeholders `{url}` and `{token}`. */
export interface ChildConfiguration {
  readonly name: string;
  readonly command: string;
  readonly env: string;
  /** What it must read beyond its program and the system's folders; undefined when that is not known. */
  readonly readPaths?: readonly string[];
}

/** The dependencies of the testkit: links, and where they lead. */
const dependencies = [
  fileURLToPath(new URL("../../node_modules", import.meta.url)),
  fileURLToPath(new URL("../../../../node_modules", import.meta.url)),
];

/** The path of a file of a dependency, whether or not the package exports it. */
function dependency(path: string): string {
  return fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));
}

/**
 * The command line of a stub child, such as `childCommand("crash", "--at", "start")`; see stub-child.ts. Throws when the
 * mode has no such flag or value.
 */
export function childCommand(mode: StubMode, ...flags: readonly string[]): string {
  parseStubArguments([mode, ...flags]);
  return commandLine(
    process.execPath,
    fileURLToPath(new URL("./stub-child.ts", import.meta.url)),
    mode,
    ...flags,
  );
}

/** The command line of the child that is built on the SDK; see sdk-child.ts. */
export function sdkChildCommand(): string {
  return commandLine(process.execPath, fileURLToPath(new URL("./sdk-child.ts", import.meta.url)));
}

/** npm's gitea-mcp: a real child that calls Forgejo, and always installed. */
export function giteaMcp(): ChildConfiguration {
  return {
    name: "gitea-mcp",
    command: commandLine(process.execPath, dependency("gitea-mcp/dist/stdio.js")),
    env: "GITEA_HOST={url} GITEA_ACCESS_TOKEN={token}",
    readPaths: dependencies,
  };
}

/** The protocol's example server: progress, resources, long calls. It uses neither URL nor token. */
export function everythingMcp(): ChildConfiguration {
  return {
    name: "mcp-server-everything",
    command: commandLine(
      process.execPath,
      dependency("@modelcontextprotocol/server-everything/dist/index.js"),
      "stdio",
    ),
    env: "FORGEJO_ACCESS_TOKEN={token}",
    readPaths: dependencies,
  };
}

/** A child of the protocol's SDK that speaks 2026-07-28 alone; see sdk-stateless-child.ts. It uses neither URL nor token. */
export function sdkStatelessMcp(): ChildConfiguration {
  return {
    name: "sdk-stateless",
    command: commandLine(
      process.execPath,
      fileURLToPath(new URL("./sdk-stateless-child.ts", import.meta.url)),
    ),
    env: "FORGEJO_ACCESS_TOKEN={token}",
    readPaths: dependencies,
  };
}

/** forgejo-mcp where `FJMCP_TEST_FORGEJO_MCP` names one or PATH has it, else undefined. */
export function forgejoMcp(env: NodeJS.ProcessEnv = process.env): ChildConfiguration | undefined {
  const binary = env.FJMCP_TEST_FORGEJO_MCP || findExecutable("forgejo-mcp", env.PATH);
  if (binary === undefined) return undefined;
  return {
    name: "forgejo-mcp",
    command: `${commandLine(binary)} --transport stdio --url {url}`,
    env: "FORGEJO_ACCESS_TOKEN={token} FORGEJO_USER_AGENT={user_agent}",
    readPaths: [],
  };
}

/** Why a test with forgejo-mcp was skipped. */
export const forgejoMcpMissing = "no forgejo-mcp on PATH, and FJMCP_TEST_FORGEJO_MCP names none";

/** These words as FJMCP_CHILD_COMMAND has them: execa's parseCommandString splits at spaces; a backslash keeps one. */
export function commandLine(...words: readonly string[]): string {
  return words.map((word) => word.replaceAll(" ", "\\ ")).join(" ");
}
