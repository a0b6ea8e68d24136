import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { describeSettings, ungroupedSettings } from "../src/described-settings.ts";
import { environmentFile } from "../src/environment-file.ts";
import { withSettingTables } from "../src/reference-tables.ts";

const root = join(import.meta.dirname, "../../..");
const groups = describeSettings();
const read = (file: string) => readFileSync(join(root, file), "utf8");

t.test("every setting of a schema is in a group, once", async (t) => {
  t.same(ungroupedSettings(), []);
  const names = groups.flatMap(({ settings }) => settings.map(({ name }) => name));
  t.equal(new Set(names).size, names.length);
  t.ok(names.length > 30);
});

t.test("deploy/fjmcp.env is what the schemas give", async (t) => {
  t.equal(read("deploy/fjmcp.env"), environmentFile(groups), "run: pnpm generate-docs");
});

t.test("the tables of the configuration reference are what the schemas give", async (t) => {
  const reference = read("docs/reference/configuration.md");
  t.equal(
    withoutPadding(reference),
    withoutPadding(withSettingTables(reference, groups)),
    "run: pnpm generate-docs",
  );
});

t.test("the configuration file sets what is required first, and beside it the sandbox alone", async (t) => {
  const set = [...environmentFile(groups).matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  t.same(set, ["FJMCP_ISSUER", "FJMCP_FORGEJO_URL", "FJMCP_FORGEJO_CLIENT_ID", "FJMCP_SANDBOX"]);
});

/** Markdown without what the formatter adds to tables. */
function withoutPadding(markdown: string): string {
  return markdown.replaceAll(/ +\|/g, " |").replaceAll(/\| -+ /g, "| - ");
}
