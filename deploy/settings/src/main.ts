import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeSettings } from "./described-settings.ts";
import { environmentFile } from "./environment-file.ts";
import { withSettingTables } from "./reference-tables.ts";

// Writes deploy/fjmcp.env, and the tables of docs/reference/configuration.md.

const root = join(import.meta.dirname, "../../..");
const reference = join(root, "docs/reference/configuration.md");
const groups = describeSettings();
writeFileSync(join(root, "deploy/fjmcp.env"), environmentFile(groups));
writeFileSync(reference, withSettingTables(readFileSync(reference, "utf8"), groups));
spawnSync("oxfmt", [reference], { cwd: root, stdio: "inherit" });
