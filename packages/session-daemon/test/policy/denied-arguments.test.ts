import t from "tap";
import { defaultAllowedArguments, DeniedArguments } from "../../src/policy/denied-arguments.ts";
import { parseClientMessage } from "../../src/jsonrpc/client-message.ts";

const policy = new DeniedArguments(["scratch_Dir"], ["diff.file_path", "dotted.name.SCRATCH_DIR"]);
const find = (name: unknown, args: unknown) => policy.find({ name, arguments: args });

t.test("finds a denied name at any depth, in any case", (t) => {
  for (const args of [
    { file_path: "/etc/passwd" },
    { FILE_path: null },
    { a: { b: [{ c: [[{ File_Path: 1 }]] }] } },
    // Go's encoding/json folds U+017F to s and U+212A to k; neither name has such a letter.
    { file_path: "" },
    [{ file_path: 1 }],
  ])
    t.equal(find("any", args), "file_path", JSON.stringify(args));
  t.equal(find("any", { scratch_dir: 1 }), "scratch_dir");
  t.equal(new DeniedArguments(["disk"], []).find({ arguments: { "diſ\u212a": 1 } }), "disk");
  t.end();
});

t.test("finds nothing in values, in other names, and in params without arguments", (t) => {
  for (const args of [
    { path: "file_path" },
    { filePath: "x" },
    { file_paths: 1 },
    "file_path",
    null,
    undefined,
    1,
  ])
    t.equal(find("any", args), undefined, JSON.stringify(args));
  t.equal(policy.find({ name: "any", file_path: 1 }), undefined, "only the arguments reach a tool");
  t.equal(policy.find(undefined), undefined);
  t.end();
});

t.test("an allowed argument is that of one tool", (t) => {
  t.equal(find("diff", { file_path: "src/a.ts" }), undefined);
  t.equal(find("diff", { file_path: "src/a.ts", scratch_dir: "/" }), "scratch_dir");
  t.equal(find("Diff", { file_path: "src/a.ts" }), "file_path");
  t.equal(find(["diff"], { file_path: "src/a.ts" }), "file_path");
  t.equal(find("dotted.name", { scratch_dir: "x" }), undefined);
  t.end();
});

t.test(
  "finds a denied name in a request for a prompt or a completion, without the exceptions of tools",
  (t) => {
    const inPrompt = (params: Record<string, unknown>) => policy.findInPrompt(params);
    t.equal(inPrompt({ name: "diff", arguments: { FILE_path: "/etc/passwd" } }), "file_path");
    t.equal(inPrompt({ argument: { name: "File_Path", value: "/e" } }), "file_path");
    t.equal(
      inPrompt({ argument: { name: "a", value: "" }, context: { arguments: { file_path: 1 } } }),
      "file_path",
    );
    for (const params of [
      { name: "file_path", arguments: { path: "file_path" } },
      { argument: { name: "a", value: "file_path" }, context: {} },
      { argument: { name: ["file_path"] } },
      { argument: { name: "__proto__" } },
      { argument: "file_path" },
    ])
      t.equal(inPrompt(params), undefined, JSON.stringify(params));
    t.equal(policy.findInPrompt(undefined), undefined);
    t.end();
  },
);

t.test("numbers whose digits are kept are values", (t) => {
  const message = parseClientMessage(
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"n":1.0,"file_path":1.0}}}',
  );
  t.equal(message.kind === "request" ? policy.find(message.request.params) : "", "file_path");
  t.end();
});

t.test("the defaults deny forgejo-mcp's uploads from the host, and leave its repository paths alone", (t) => {
  const defaults = new DeniedArguments([], defaultAllowedArguments.split(" "));
  const call = (name: string, args: object) => defaults.find({ name, arguments: args });
  t.equal(call("create_issue_attachment", { file_path: "/etc/passwd" }), "file_path");
  t.equal(call("create_release_attachment", { content: "aGk=", filename: "a.txt" }), undefined);
  t.equal(call("get_pull_request_diff", { file_path: "src/a.ts" }), undefined);
  t.equal(call("get_file_content", { filePath: "README.md", ref: "main" }), undefined);
  t.equal(call("list_repo_contents", { path: "src" }), undefined);
  t.equal(call("any", { output_path: "/tmp/x" }), "output_path");
  t.equal(call("any", { outputPath: "/tmp/x" }), "outputpath");
  t.end();
});
