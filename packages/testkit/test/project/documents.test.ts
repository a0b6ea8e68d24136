import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const documents = globSync(["*.md", "docs/**/*.md"], { cwd: projectRoot });

t.test("every relative link in the documents leads to a file", async (t) => {
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, target]) => ({
      document,
      target: target!,
    })),
  );
  t.ok(links.length >= 8, "the links were found");
  for (const { document, target } of links) {
    t.ok(existsSync(join(projectRoot, dirname(document), target)), `${document} → ${target}`);
  }
});

t.test("the configuration reference lists exactly the settings of the code", async (t) => {
  const reference = settingsIn(read("docs/reference/configuration.md"));
  const sources = globSync(
    [
      "packages/{auth-server,session-daemon}/src/config.ts",
      "packages/auth-server/src/access-settings.ts",
      "packages/shared/src/config/*.ts",
    ],
    { cwd: projectRoot },
  );
  const settings = settingsIn(sources.map(read).join("\n"));
  t.ok(settings.size >= 30, "the settings were found");
  t.strictSame([...reference].toSorted(), [...settings].toSorted());
});

t.test("every link to a section leads to a heading", async (t) => {
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|mailto:)([^)#]*)#([^)]+)\)/g)].map(([, file, section]) => ({
      target: file === "" ? document : join(dirname(document), file!),
      section: section!,
      document,
    })),
  );
  t.ok(links.length >= 5, "the links were found");
  for (const { document, target, section } of links) {
    const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading!));
    t.ok(headings.includes(section), `${document} → ${target}#${section}`);
  }
});

/** As GitHub and Forgejo make it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .replaceAll(" ", "-");
}

t.test("every document other than the front page is linked from another one", async (t) => {
  const linked = new Set(
    documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, target]) =>
        join(dirname(document), target!),
      ),
    ),
  );
  for (const document of documents) {
    if (document !== "README.md") t.ok(linked.has(document), document);
  }
});

function settingsIn(text: string): Set<string> {
  return new Set(text.match(/\bFJMCP_[A-Z_]*[A-Z]\b/g) ?? []);
}

t.test("every source file that a document names exists", async (t) => {
  const sources = globSync("{packages,deploy}/*/{src,test,suites}/**/*.{ts,lua}", { cwd: projectRoot });
  const named = documents.flatMap((document) =>
    [...read(document).matchAll(/`([\w/-]+\/[\w.-]+\.(?:ts|lua))`/g)].map(([, file]) => ({
      document,
      file: file!,
    })),
  );
  const inArchitecture = named.filter(({ document }) => document === "docs/topics/architecture.md");
  t.ok(inArchitecture.length >= 30, "the names were found");
  for (const { document, file } of named) {
    t.ok(
      sources.some((source) => source === file || source.endsWith(`/${file}`)),
      `${document}: ${file}`,
    );
  }
});

t.test(
  "every command of pnpm that a document names is a script, and the version is the pinned one",
  async (t) => {
    const { scripts, packageManager } = JSON.parse(read("package.json")) as {
      scripts: Record<string, string>;
      packageManager: string;
    };
    const commands = documents.flatMap((document) =>
      [...read(document).matchAll(/\b(?:npx -y (pnpm@\S+)|(?<=`)pnpm) ([a-z][\w:-]*)/g)].map(
        ([, version, name]) => ({
          document,
          version,
          name: name!,
        }),
      ),
    );
    t.ok(commands.length >= 30, `${commands.length} commands were found`);
    for (const { document, version, name } of commands) {
      t.ok(name in scripts || ["install", "exec"].includes(name), `${document}: ${name}`);
      if (version !== undefined) t.equal(version, packageManager.split("+")[0], document);
    }
  },
);

t.test("every decision has a date and a status, and every decision that a source names exists", async (t) => {
  const decisions = globSync("docs/adr/[0-9]*.md", { cwd: projectRoot });
  t.ok(decisions.length >= 8, "the decisions were found");
  for (const decision of decisions) {
    t.match(read(decision), /^# \d+\. .+\n\nDate: \d{4}-\d\d-\d\d\n\nStatus: \w+/, decision);
  }
  for (const source of globSync("{packages,deploy}/*/src/**/*.{ts,lua}", { cwd: projectRoot })) {
    for (const [named] of read(source).matchAll(/docs\/adr\/\d+/g)) {
      t.ok(
        decisions.some((decision) => decision.startsWith(`${named}-`)),
        `${source}: ${named}`,
      );
    }
  }
});

t.test("every row of the threat model names tests that exist", async (t) => {
  const rows = read("docs/topics/threat-model.md").match(/^\| (?!attacker +\| attempt|-).*$/gm) ?? [];
  t.ok(rows.length >= 15, "the rows were found");
  for (const row of rows) {
    const named = [
      ...row
        .split("|")
        .at(-2)!
        .matchAll(/`([\w/-]+\.test\.ts)`/g),
    ].map(([, file]) => file!);
    t.ok(named.length > 0, row);
    for (const file of named) {
      t.ok(
        ["packages", "deploy"].some((folder) => existsSync(join(projectRoot, folder, file))),
        file,
      );
    }
  }
});

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
