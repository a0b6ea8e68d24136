import { readFileSync } from "node:fs";
import { version } from "../src/version.ts";
import t from "tap";

t.test("the version is that of the package", async (t) => {
  const file = new URL("../package.json", import.meta.url);
  t.equal(version, (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version);
});
