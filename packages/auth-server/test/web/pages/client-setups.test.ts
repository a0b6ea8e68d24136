import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { clientSetups, stdioCommand } from "../../../src/web/pages/client-setups.ts";

const folder = join(projectRoot, "docs/setup/clients");
const mcpUrl = "https://mcp.example.org/mcp";
const setups = clientSetups(mcpUrl);
const read = (name: string) => readFileSync(join(folder, name), "utf8");

t.test("the start page says of each client what its document says", async (t) => {
  for (const { name, document, menu, choice, commands = [], followUp, link } of setups) {
    const text = read(document);
    for (const words of [menu, choice].filter((one) => one !== undefined)) t.match(text, `_${words}_`, name);
    for (const code of [...commands, link].filter((one) => one !== undefined)) {
      t.ok(text.split("\n").includes(code), `${name}: ${code}`);
    }
    if (followUp !== undefined) t.match(text, `\`${followUp}\``, name);
  }
  t.match(read("mcp-remote.md"), stdioCommand(mcpUrl));
});

/** Left out of the start page: the Inspector is for developers of servers. */
const notNamed = ["mcp-inspector.md"];

t.test("the start page names the clients that have a document", async (t) => {
  const named = [...setups.map(({ document }) => document), "mcp-remote.md"];
  const documents = readdirSync(folder).filter((name) => !["README.md", ...notNamed].includes(name));
  t.same(new Set(named), new Set(documents));
});

t.test("links hold the server's name and URL as their applications decode them", async (t) => {
  const linkOf = (name: string) => new URL(setups.find((setup) => setup.name === name)!.link!);
  const code = linkOf("VS Code");
  t.same(JSON.parse(decodeURIComponent(code.search.slice(1))), {
    name: "forgejo",
    type: "http",
    url: mcpUrl,
  });
  const { searchParams } = linkOf("Cursor");
  t.equal(searchParams.get("name"), "forgejo");
  t.same(JSON.parse(Buffer.from(searchParams.get("config")!, "base64").toString()), { url: mcpUrl });
});
