import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { connectedClient } from "./support/connected-client.ts";
import { runCli } from "./support/run-cli.ts";
import { runInTerminal, runInTerminalOf } from "./support/run-in-terminal.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const stack = await startStack({ forgejo: sandboxAccess(forgejo) });
t.teardown(() => stack.close());
const fjmcp = (...args: string[]) => runCli([...args, "--socket", stack.sockets.admin]);
await connectedClient(t, stack.mcpUrl, forgejo.users[0]!, "Top client");

t.test("shows what runs now: accounts, clients, workers and calls", async (t) => {
  const { name } = forgejo.users[0]!;
  const { workers } = (await fjmcp("workers", "--json")).json as { workers: { memoryBytes: number }[] };
  t.ok(workers[0]!.memoryBytes > 1024 * 1024, "the memory of a worker is known");
  const once = await fjmcp("top");
  t.equal(once.code, 0);
  t.match(once.stdout, /^Accounts 1, clients \d/);
  t.match(
    once.stdout,
    new RegExp(`^${name} \\(\\d+\\) +Top client +\\d+ +idle +0 +1 +- +[\\d.]+ MiB +\\d+ s$`, "m"),
  );
  t.match(once.stdout, /^TOOL +CALLS +FAILED +PER S\nuser__get_my_userinfo +\d+ +0 +-$/m);
  t.notMatch(once.stdout, "\u001B", "no escape sequence without a terminal");
  const json = (await fjmcp("top", "--json")).json;
  t.match(json, { workers: [{ login: name, calls: Number }], workersMax: 50, faults: [] });
});

t.test("the live view is refreshed, quits by a key and restores the terminal", async (t) => {
  const { output, code } = await runInTerminal(["top", "--socket", stack.sockets.admin], {
    until: (text) => text.split("Accounts 1").length > 2,
    keys: "q",
  });
  t.equal(code, 0);
  t.match(output, "\u001B[?1049h");
  t.match(output, /idle +0 +\d+ +- +[\d.]+ MiB/, "the first frame has no rates");
  t.match(output, /idle +0 +\d+ +\d+\.\d +[\d.]+ MiB/, "the second frame has rates");
  t.ok(output.trimEnd().endsWith("\u001B[?25h\u001B[?1049l"), "cursor and screen are back");
});

t.test("the live view has a size where the terminal has none", async (t) => {
  const { output } = await runInTerminalOf(
    { rows: 0, columns: 0 },
    ["top", "--socket", stack.sockets.admin],
    { until: (text) => text.includes("\u001B[J"), keys: "q" },
  );
  t.match(output, /Accounts 1.*q quits/s);
});
