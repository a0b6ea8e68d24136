import { readFileSync } from "node:fs";
import forgejoMcp from "./tables/forgejo-mcp.json" with { type: "json" };
import giteaMcp from "./tables/gitea-mcp.json" with { type: "json" };
import { emptyTable, toolTableFile, ToolTable, type ToolTableFile } from "./tool-table.ts";

const files: ReadonlyMap<string, ToolTableFile> = new Map([
  ["forgejo-mcp", toolTableFile.parse(forgejoMcp)],
  ["gitea-mcp", toolTableFile.parse(giteaMcp)],
]);
const tables = new Map(Array.from(files, ([name, file]) => [name, new ToolTable(name, file)]));
const byServerName = new Map(
  Array.from(files, ([name, file]) =>
    file.serverNames.map((server) => [server, tables.get(name)!] as const),
  ).flat(),
);

export const knownTableNames: readonly string[] = [...files.keys()];

/** The table of a child that calls itself `serverName`; the empty one for a name that no table has. */
export function tableOfServer(serverName: string): ToolTable {
  return byServerName.get(serverName) ?? emptyTable;
}

/**
 * The table that a setting names: one of `knownTableNames`, `none`, or the absolute path of a file; undefined for `auto`.
 * Throws an Error that says what is wrong with the file.
 */
export function configuredTable(setting: string): ToolTable | undefined {
  if (setting === "auto") return undefined;
  if (setting === "none") return emptyTable;
  const known = tables.get(setting);
  if (known !== undefined) return known;
  if (!setting.startsWith("/")) {
    throw new Error(`must be auto, none, ${knownTableNames.join(", ")} or the absolute path of a file`);
  }
  return new ToolTable(setting, readTable(setting));
}

function readTable(path: string): ToolTableFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${path} ${code === undefined ? "is not JSON" : `cannot be read (${code})`}`, {
      cause: error,
    });
  }
  const parsed = toolTableFile.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${path} is not a tool table: ${issue?.path.join(".")}: ${issue?.message}`);
}
