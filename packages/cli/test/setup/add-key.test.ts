import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { rootKey } from "@fjmcp/shared/root-key";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { addKey } from "../../src/setup/credentials.ts";
import { InstallationFiles } from "../../src/setup/installation-files.ts";

t.test("draws another key while the id is taken", async (t) => {
  const root = temporaryDirectory(t);
  const folder = join(root, "etc/fjmcp/credentials");
  mkdirSync(folder, { recursive: true });
  const id = (key: string) => rootKey(key).id;
  const existing = "an existing key of more than 32 characters";
  const colliding = "key 68647 of more than 32 characters";
  t.equal(id(colliding), id(existing));
  writeFileSync(join(folder, "derivation-key"), `${existing}\n`);
  const drawn = [colliding, existing, "another key of more than 32 characters"];
  await addKey(new InstallationFiles(root, () => undefined), "derivation", () => drawn.shift()!);
  t.equal(
    readFileSync(join(folder, "derivation-key"), "utf8"),
    `another key of more than 32 characters\n${existing}\n`,
  );
});
