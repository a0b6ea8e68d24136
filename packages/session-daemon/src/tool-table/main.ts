// `pnpm tool-table`: a draft of the tool table of an MCP server.
import { inspectChild, type InspectedChild } from "../check-child/inspect-child.ts";
import { runCommand } from "../check-child/run-command.ts";
import { draftEntry } from "./draft-entry.ts";

const usage = `Usage: pnpm tool-table [options] 'COMMAND'

Starts the MCP server COMMAND as the session-daemon would (FJMCP_CHILD_COMMAND), in a sandbox where that works, and prints
a draft of its tool table. Correct each line: a wrong class lets a client that may only read change something.

  --url URL          what {url} stands for
  --env 'A=b C=d'    its environment, as FJMCP_CHILD_ENV
  --token-file FILE  holds what {token} stands for; a server that uses it at its start needs a real one
  --read PATHS       what it may read in the sandbox, as FJMCP_SANDBOX_READ
  --sandbox MODE     auto (default), required or none
  --help             prints this text

Exit codes: 0 the draft is printed, 64 wrong option, 69 the server did not start.
`;

process.exitCode = await runCommand({ name: "tool-table", usage }, async (request) => {
  process.stdout.write(draft(await inspectChild(request, Date.now)));
  return 0;
});

/** JSON with one tool a line. */
function draft({ name, version, tools }: InspectedChild): string {
  const entries = tools.map(draftEntry).filter((entry) => entry !== undefined);
  const lines = [...new Map(entries)].map(([tool, entry]) => `    ${JSON.stringify(tool)}: ${spaced(entry)}`);
  return `{
  "version": ${JSON.stringify(version)},
  "serverNames": [${JSON.stringify(name)}],
  "resources": {},
  "prompts": {},
  "tools": {
${lines.join(",\n")}
  }
}
`;
}

function spaced(entry: object): string {
  const members = Object.entries(entry).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{ ${members.join(", ")} }`;
}
