import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";
import {
  inspectorWebPage,
  mcpRemote,
  terminalClients,
  type TerminalClient,
} from "../../src/real-clients/client-commands.ts";

const mcpUrl = "https://mcp.example.org/mcp";
const clients: readonly TerminalClient[] = Object.values(terminalClients);

t.test("the page of a client that is driven shows the commands that its driver runs", async (t) => {
  for (const { document, commands } of clients) {
    const blocks = read(document).matchAll(/```sh\n([^]*?)```/g);
    const shown = new Set([...blocks].flatMap(([, block]) => block!.trim().split("\n")));
    const { add, signIn, signInDialogue, signOut } = commands(mcpUrl);
    for (const command of [add, signIn, signOut].filter((one) => one !== undefined)) {
      t.ok(shown.has(command), `${document}: ${command}`);
    }
    for (const { types } of signInDialogue?.steps ?? []) {
      if (types !== undefined) t.match(read(document), `\`${types}\``, document);
    }
  }
});

t.test("the page of the Inspector names what its driver clicks", async (t) => {
  const { document, serverId, ...shown } = inspectorWebPage;
  const page = read(document).replaceAll("\n", " ");
  t.match(page, `\`${serverId}\``);
  for (const label of [shown.addServers, shown.addManually, shown.transport, shown.add, shown.execute]) {
    t.ok(page.includes(`_${label}_`), label);
  }
});

t.test("the page of mcp-remote shows the command that its driver runs", async (t) => {
  const { document, program, deviceOption, ...shown } = mcpRemote;
  const page = read(document);
  t.ok(page.includes(`\`\`\`sh\n${[program, ...shown.arguments(mcpUrl)].join(" ")}\n\`\`\``));
  t.ok(page.includes(`\`${deviceOption}\``));
});

t.test("each page of a client that is driven says what its user sees once access has ended", async (t) => {
  for (const { document } of [...clients, inspectorWebPage, mcpRemote])
    t.match(read(document), /^After (your )?access was (revoked|ended),/m, document);
});

t.test("the page of a client says whether its sign-out ends the access, as its driver checks", async (t) => {
  for (const { document, commands } of clients) {
    const { signOut, signOutRevokes = false } = commands(mcpUrl);
    if (signOut === undefined) continue;
    const page = read(document).replaceAll("\n", " ");
    t.equal(page.includes("It revokes the tokens at fjmcp, too."), signOutRevokes, document);
    t.equal(page.includes("revokes nothing at fjmcp"), !signOutRevokes, document);
  }
});

t.test("the list of clients leads to each page", async (t) => {
  const list = read("README.md");
  for (const { name, document } of clients) t.ok(list.includes(`[${name}](${document})`), document);
});

function read(document: string): string {
  return readFileSync(join(projectRoot, "docs/setup/clients", document), "utf8");
}
