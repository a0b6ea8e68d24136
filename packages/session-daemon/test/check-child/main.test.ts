import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand, forgejoMcp, forgejoMcpMissing, giteaMcp } from "@fjmcp/testkit/children/child-command";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ForgejoApp, scriptedUser } from "@fjmcp/testkit/stack/forgejo-app";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { listingChild } from "../support/listing-child.ts";
import { runMain } from "../support/run-main.ts";

const checkChild = (...args: string[]) => runMain("check-child", args);

t.test("gitea-mcp of npm has no argument that names a file", async (t) => {
  const { command, env, readPaths = [] } = giteaMcp();
  t.match(await checkChild("--env", env, "--read", readPaths.join(":"), command), {
    code: 0,
    output: /^tool +argument +verdict +description\n30 tools, started .*; 0 arguments may name a file/,
  });
});

t.test("a tool with a file of the machine that is not denied exits 1, and 0 once it is", async (t) => {
  const file = join(temporaryDirectory(t), "tools.json");
  const properties = { where: { type: "string" }, local_dir: { type: "string" } };
  writeFileSync(file, JSON.stringify([{ name: "dump", inputSchema: { type: "object", properties } }]));
  const command = childCommand("tools", "--file", file);
  const reads = `${projectRoot}:${file}`;
  t.match(await checkChild("--read", reads, command), { code: 1, output: /^dump +local_dir +host$/m });
  t.match(await checkChild("--read", reads, "--deny", "local_dir", command), {
    code: 0,
    output: /^dump +local_dir +denied$/m,
  });
});

t.test("counts each tool once when the list says null for the cursor of a next page", async (t) => {
  const command = listingChild(t, { name: "Odd", tools: [{ name: "one" }, { name: "two" }], cursor: null });
  t.match(await checkChild("--sandbox", "none", command), { code: 0, output: /^2 tools, started /m });
});

const realForgejoMcp = forgejoMcp();
t.test(
  "forgejo-mcp: its uploads from the host are denied",
  { skip: realForgejoMcp === undefined && forgejoMcpMissing },
  async (t) => {
    const forgejo = await startSandboxForgejo();
    t.teardown(() => forgejo.close());
    const app = await ForgejoApp.register(forgejo);
    const { access_token: token } = await app.logIn(scriptedUser(forgejo, "alice"));
    const tokenFile = join(temporaryDirectory(t), "token");
    writeFileSync(tokenFile, token);
    const { command, env } = realForgejoMcp as NonNullable<typeof realForgejoMcp>;
    const options = ["--url", forgejo.url, "--env", env, "--token-file", tokenFile];
    const { code, output } = await checkChild(...options, command);
    t.equal(code, 0, output);
    t.match(output, /^create_issue_attachment +file_path +denied /m);
    t.match(output, /^get_pull_request_diff +file_path +allowed /m);
    t.match(output, /^get_file_content +filePath +path /m);
  },
);

t.test("a server that does not start exits 69, a wrong option 64", async (t) => {
  t.match(await checkChild("no-such-program"), {
    code: 69,
    errors: "there is no executable no-such-program",
  });
  t.match(await checkChild(`${process.execPath} -e 0`), { code: 69, errors: "could not be started" });
  for (const args of [["--unknown", "x"], [], ["one", "two"], ["--sandbox", "maybe", "x"]])
    t.match(await checkChild(...args), { code: 64, errors: /^check-child: .+\n\nUsage: / });
  t.match(await checkChild("--help"), { code: 0, output: /^Usage: / });
});
