import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { giteaMcp } from "@fjmcp/testkit/children/child-command";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { inspectChild } from "../../src/check-child/inspect-child.ts";
import { configuredTable, knownTableNames, tableOfServer } from "../../src/policy/known-tables.ts";
import { unknownTool } from "../../src/policy/tool-table.ts";
import { readChildCommand } from "../../src/worker/command/child-command.ts";
import { forgejoMcpTools } from "../support/listing-child.ts";

t.test("the table of forgejo-mcp knows exactly its tools", async (t) => {
  const lines = readFileSync(forgejoMcpTools, "utf8").trim().split("\n");
  const tools = lines.map((line) => (JSON.parse(line) as { name: string }).name);
  const table = tableOfServer("Forgejo MCP Server");
  t.equal(table.size, 141);
  t.strictSame(
    tools.filter((tool) => !table.has(tool)),
    [],
  );
  for (const tool of tools) {
    const isRead = /^(list|get|search|check|download)_/.test(tool);
    t.equal(table.tool(tool).class === "read", isRead, tool);
    if (/^(delete|remove|reset)_/.test(tool)) t.equal(table.tool(tool).class, "destructive", tool);
  }
});

t.test("the table of gitea-mcp knows exactly its tools", async (t) => {
  const { command, env } = giteaMcp();
  const child = readChildCommand(command, env);
  const request = {
    child,
    url: "http://127.0.0.1:1",
    token: "x",
    readPaths: [],
    sandboxMode: "none" as const,
  };
  const { name, tools } = await inspectChild({ ...request, denied: [], allowed: [] }, Date.now);
  const table = tableOfServer(name);
  t.equal(table.name, "gitea-mcp");
  t.equal(table.size, 30);
  t.strictSame(
    (tools as { name: string }[]).filter((tool) => !table.has(tool.name)),
    [],
  );
});

t.test("a resource needs the toolsets of all patterns that match; an unknown one needs other", async (t) => {
  const table = tableOfServer("Forgejo MCP Server");
  const needs = (toolset: string) => configuredTable("none")!.resourceToolsets(toolset);
  t.equal(table.resourceToolsets("forgejo://repo/o/r/issue/1"), table.tool("get_issue_by_index").toolsetBit);
  t.equal(
    table.resourceToolsets("forgejo://repo/o/r/pr/1/comments?page=2"),
    table.tool("merge_pull_request").toolsetBit,
  );
  t.equal(table.resourceToolsets("forgejo://repo/o/r"), table.tool("get_file_content").toolsetBit);
  for (const uri of ["forgejo://repo/o", "forgejo://repo//r", "forgejo://repo/o/r/x/1", "x", ""]) {
    t.equal(table.resourceToolsets(uri), unknownTool.toolsetBit, uri);
  }
  t.equal(needs("forgejo://repo/o/r"), unknownTool.toolsetBit);
});

t.test("a setting names a table, none, or a file", async (t) => {
  t.equal(configuredTable("auto"), undefined);
  t.equal(configuredTable("none")?.size, 0);
  for (const name of knownTableNames) t.equal(configuredTable(name)?.name, name);
  const file = join(temporaryDirectory(t), "table.json");
  const table = (more: object) =>
    writeFileSync(file, JSON.stringify({ version: "1", serverNames: ["x"], ...more }));
  table({ tools: { look: { class: "read", toolset: "code", idempotent: true, title: "Look" } } });
  t.match(configuredTable(file)?.tool("look"), { class: "read", toolset: "code" });
  t.equal(configuredTable(file)?.tool("constructor"), unknownTool);
  table({ tools: { look: { class: "reads", toolset: "code", idempotent: true, title: "Look" } } });
  t.throws(() => configuredTable(file), /is not a tool table: tools\.look\.class: /);
  writeFileSync(file, "{");
  t.throws(() => configuredTable(file), /is not JSON/);
  t.throws(() => configuredTable("/no/such/file"), /cannot be read \(ENOENT\)/);
  t.throws(() => configuredTable("forgejo"), /must be auto, none, forgejo-mcp, gitea-mcp or/);
});
