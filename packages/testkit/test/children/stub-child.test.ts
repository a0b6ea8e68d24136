import { execa, parseCommandString } from "execa";
import { join } from "node:path";
import { createInterface } from "node:readline";
import t, { type Test } from "tap";
import { temporaryDirectory } from "../../src/temporary-directory.ts";
import { childCommand } from "../../src/children/child-command.ts";
import { FileGate } from "../../src/children/file-gate.ts";
import type { StubMode } from "../../src/children/stub-arguments.ts";
import { waitUntil } from "../../src/process/wait-until.ts";

interface Reply {
  id?: unknown;
  method?: string;
  result?: { content?: { text: string }[] };
  error?: { message: string };
}

function start(t: Test, mode: StubMode, ...flags: string[]) {
  const [file, ...words] = parseCommandString(childCommand(mode, ...flags));
  const child = execa(file!, words, { reject: false, buffer: false, env: { SECRET: "s3cret" } });
  t.teardown(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const next = async (): Promise<string | undefined> => (await lines.next()).value;
  const request = async (id: number, method: string, params: object = {}) => {
    send({ id, method, params });
    for (;;) {
      const line = await next();
      if (line === undefined) throw new Error("the child has ended");
      const reply = parsed(line);
      if (reply?.id === id && reply.method === undefined) return reply;
    }
  };
  const call = async (id: number, name: string, given: object = {}) =>
    request(id, "tools/call", { name, arguments: given, _meta: { progressToken: "p" } });
  return { child, send, next, request, call };
}

function parsed(line: string): Reply | undefined {
  try {
    return JSON.parse(line) as Reply;
  } catch {
    return undefined;
  }
}

const text = (reply: Reply) => reply.result!.content![0]!.text;

t.test("echo responds, reports progress on request, keeps lines and exits at the end of stdin", async (t) => {
  const { child, call, send, next, request } = start(t, "echo");
  t.match(await request(1, "initialize"), { result: { serverInfo: { name: "stub-echo" } } });
  t.equal(text(await call(2, "echo", { a: 1 })), '{"a":1}');
  send({
    id: 3,
    method: "tools/call",
    params: { name: "echo", arguments: { progress: 1 }, _meta: { progressToken: 9 } },
  });
  t.match(parsed((await next())!), {
    method: "notifications/progress",
    params: { progressToken: 9, progress: 1 },
  });
  t.match(parsed((await next())!), { id: 3 });
  t.match(JSON.parse(text(await call(4, "lines"))), [/"initialize"/]);
  t.match(await call(5, "fail"), { error: { code: -32603 } });
  t.match(await request(6, "no/such"), { error: { code: -32601 } });
  child.stdin.end();
  t.equal((await child).exitCode, 0);
});

t.test("a closed gate holds echo's start and call until it opens", async (t) => {
  const gate = new FileGate(join(temporaryDirectory(t), "gate"));
  const { request, call } = start(t, "echo", "--start-hold", gate.file);
  gate.close();
  const started = request(1, "initialize");
  await waitUntil("the start should be held", () => gate.waiting === 1);
  gate.open();
  t.ok((await started).result);
  gate.close();
  const called = call(2, "echo", { whileExists: gate.file });
  await waitUntil("the call should be held", () => gate.waiting === 1);
  gate.open();
  t.ok((await called).result);
});

t.test("a flag that the mode does not have, or a value that it does not know, is an error", async (t) => {
  for (const [mode, ...flags] of [
    ["slow", "--start-hold", "/tmp/gate"],
    ["crash", "--at", "end"],
    ["slow", "--start-ms", "soon"],
    ["echo", "--unknown"],
    ["echo", "slow"],
  ] as const)
    t.throws(() => childCommand(mode, ...flags), [mode, ...flags].join(" "));
  t.match(await start(t, "echo").call(1, "echo", { whileExists: "/nowhere/gate" }), {
    error: { message: /No folder for a gate/ },
  });
});

t.test("crash exits at the requested point", async (t) => {
  t.equal((await start(t, "crash", "--at", "start").child).exitCode, 1);
  const midCall = start(t, "crash");
  await midCall.request(1, "initialize");
  midCall.send({ id: 2, method: "tools/call", params: { name: "crash" } });
  t.equal((await midCall.child).exitCode, 1);
});

t.test("crash with --times crashes that many starts only", async (t) => {
  const flags = ["--at", "start", "--times", "1", "--count-file", `${t.testdir()}/count`];
  t.equal((await start(t, "crash", ...flags).child).exitCode, 1);
  t.ok((await start(t, "crash", ...flags).request(1, "initialize")).result);
});

t.test("chatty sends notifications and requests and keeps the replies", async (t) => {
  const { send, call } = start(t, "chatty");
  send({ method: "notifications/initialized" });
  send({ id: 0, result: {} });
  t.same(JSON.parse(text(await call(7, "replies"))), [{ jsonrpc: "2.0", id: 0, result: {} }]);
});

t.test("huge writes a line of more than 20 MB", async (t) => {
  t.ok(text(await start(t, "huge").call(1, "huge")).length > 20_000_000);
});

t.test("silent sends no response after initialize", async (t) => {
  const { request, call, child, next } = start(t, "silent", "--after", "initialize");
  await request(1, "initialize");
  void call(2, "echo").catch(() => undefined);
  child.stdin.end();
  t.equal(await next(), undefined);
});

t.test("ignore-signals survives SIGTERM, and so does its grandchild", async (t) => {
  const { call } = start(t, "ignore-signals");
  const { pid, grandchildPid } = JSON.parse(text(await call(1, "family"))) as Record<string, number>;
  t.teardown(() => process.kill(grandchildPid!, "SIGKILL"));
  process.kill(pid!, "SIGTERM");
  process.kill(grandchildPid!, "SIGTERM");
  t.match(await call(2, "echo"), { id: 2 });
  t.ok(process.kill(pid!, 0));
  t.ok(process.kill(grandchildPid!, 0));
});

t.test("garbage responds between its garbage", async (t) => {
  t.equal(text(await start(t, "garbage").call(123456, "echo", { a: 1 })), '{"a":1}');
});

t.test("leaky puts its secret into an error", async (t) => {
  const { call, child } = start(t, "leaky", "--secret-env", "SECRET");
  t.match((await call(1, "leak")).error?.message, "s3cret");
  child.stdin.end();
});

t.test("slow responds after its delay", async (t) => {
  t.ok((await start(t, "slow", "--start-ms", "20").request(1, "initialize")).result);
});
