import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { createProgram } from "@fjmcp/cli/command-line";
import { describedCommands } from "@fjmcp/cli/command-reference";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { manualPage } from "../src/manual-page.ts";

const files = join(projectRoot, "deploy/debian/files");
const main = join(projectRoot, "packages/cli/src/main.ts");
const commands = describedCommands();
const longFlag = (flags: string) => /--[a-z0-9-]+/.exec(flags)![0];

/** What the program prints for `words`, which end in `--help`. */
async function helpOf(words: readonly string[]): Promise<string> {
  const program = createProgram();
  let text = "";
  const silence = (command: typeof program) => {
    command.configureOutput({ writeOut: (part) => (text += part) });
    command.commands.forEach((below) => silence(below));
  };
  silence(program);
  // It throws where it would exit.
  await program.parseAsync(words, { from: "user" }).catch(() => undefined);
  return text;
}

t.ok(commands.length > 25, "the commands were found");

t.test(
  "the manual page has every command with its options",
  { skip: !findExecutable("man") && "needs man" },
  async (t) => {
    const page = manualPage(readFileSync(join(files, "fjmcp.1"), "utf8"));
    const shown = execFileSync("man", ["--warnings", "--local-file", "-"], {
      input: page,
      encoding: "utf8",
      env: { PATH: process.env.PATH, MANWIDTH: "400", MAN_KEEP_FORMATTING: "", LC_ALL: "C.UTF-8" },
    });
    for (const { path, usage, description, options } of commands) {
      const [, section] = shown.split(`   ${usage}\n`);
      const own = section?.split(/\n {3}\S/)[0] ?? "";
      t.ok(own.includes(description), path.join(" "));
      for (const { flags } of options) t.ok(own.includes(`\n       ${flags}`), `${path.join(" ")} ${flags}`);
    }
  },
);

t.test(
  "bash completes every command and option",
  { skip: !findExecutable("bash") && "needs bash" },
  async (t) => {
    const folder = temporaryDirectory(t);
    for (const { path } of commands) {
      const words = [...path.slice(1), "--help"];
      writeFileSync(join(folder, words.join(" ")), await helpOf(words));
    }
    const started = execFileSync(process.execPath, [main, "users", "end", "--help"], { encoding: "utf8" });
    t.equal(
      readFileSync(join(folder, "users end --help"), "utf8"),
      started,
      "they are what the program prints",
    );

    /** What bash offers for the last of the words. */
    const offered = (words: readonly string[]) => {
      const script = `source ${join(files, "fjmcp.bash")}
      fjmcp() { cat "${folder}/$*"; }
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _fjmcp
      printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: process.env.PATH };
      const output = execFileSync("bash", ["--norc", "-c", script, "bash", ...words], {
        encoding: "utf8",
        env,
      });
      return output.split("\n").filter(Boolean);
    };
    for (const { path, options } of commands) {
      const flags = options.map((option) => longFlag(option.flags));
      const found = offered([...path, "--"]);
      t.same(
        flags.filter((flag) => !found.includes(flag)),
        [],
        `${path.join(" ")} --`,
      );
      const below = commands.filter((one) => one.path.slice(0, -1).join(" ") === path.join(" "));
      if (below.length === 0) continue;
      const names = offered([...path, ""]);
      t.same(
        below.map((one) => one.path.at(-1)!).filter((name) => !names.includes(name)),
        [],
        path.join(" "),
      );
    }
    t.ok(
      offered(["fjmcp", "users", "--"]).includes("--limit"),
      "an option of the list, which is the default",
    );
    t.ok(offered(["fjmcp", "users", "end", "alice", "--"]).includes("--yes"));
    t.same(offered(["fjmcp", "use"]), ["users"]);
  },
);
