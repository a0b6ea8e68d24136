import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { configuredTable } from "../../src/policy/known-tables.ts";
import { listingChild } from "../support/listing-child.ts";
import { runMain } from "../support/run-main.ts";

const toolTable = (...args: string[]) => runMain("tool-table", args);

t.test("prints a table that can be used, with a careful class for each tool", async (t) => {
  const expected = {
    list_issues: { class: "read", toolset: "issues", idempotent: true, title: "List issues" },
    createPullRequest: { class: "write", toolset: "pull-requests", idempotent: false },
    "repo__delete-branch": { class: "destructive", toolset: "code", idempotent: true },
    get_or_create_label: { class: "write", toolset: "issues" },
    list_and_delete: { class: "destructive", toolset: "other" },
    frobnicate: { class: "destructive", toolset: "other", title: "Given" },
  };
  const tools = Object.keys(expected).map((name) =>
    name === "frobnicate" ? { name, title: "Given" } : { name },
  );
  const command = listingChild(t, { name: "Any", tools });
  const { code, output } = await toolTable("--sandbox", "none", command);
  t.equal(code, 0);
  t.match(JSON.parse(output), { version: "1.0.0", serverNames: ["Any"], tools: expected });
  t.match(output, /^ {4}"list_issues": \{ "class": "read", .+ \},$/m, "a tool a line");
  const file = join(temporaryDirectory(t), "table.json");
  writeFileSync(file, output);
  t.equal(configuredTable(file)?.size, 6);
});

t.test("lists each tool once, also when the last page has a cursor that leads no further", async (t) => {
  const tools = [
    { name: "list_issues" },
    { name: "list_issues" },
    { title: "no name" },
    { name: "get_file" },
  ];
  for (const cursor of [null, "0"]) {
    const { code, output } = await toolTable(
      "--sandbox",
      "none",
      listingChild(t, { name: "Odd", tools, cursor }),
    );
    t.equal(code, 0);
    t.equal(output.match(/^ {4}"list_issues": /gm)?.length, 1);
    t.same(Object.keys((JSON.parse(output) as { tools: object }).tools), ["list_issues", "get_file"]);
  }
});

t.test("a server that does not start exits 69, a wrong option 64", async (t) => {
  t.match(await toolTable("no-such-program"), { code: 69, errors: /^tool-table: there is no executable/ });
  t.match(await toolTable("--unknown"), { code: 64, errors: /^tool-table: .+\n\nUsage: pnpm tool-table/ });
  t.match(await toolTable("--help"), { code: 0, output: /^Usage: pnpm tool-table/ });
});
