import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "@fjmcp/testkit/children/child-command";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

const program = fileURLToPath(new URL("../fixtures/listing-child.ts", import.meta.url));

/** The tools of forgejo-mcp 2.34.1 as it lists them, one a line. */
export const forgejoMcpTools = fileURLToPath(new URL("../fixtures/forgejo-mcp-tools.jsonl", import.meta.url));

/** The command line of the child with these options, see fixtures/listing-child.ts. */
export function listingChild(
  t: Parameters<typeof temporaryDirectory>[0],
  options: Record<string, unknown>,
): string {
  const file = join(temporaryDirectory(t), "options.json");
  writeFileSync(file, JSON.stringify(options));
  return commandLine(process.execPath, program, file);
}
