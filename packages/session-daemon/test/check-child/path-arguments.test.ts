import t from "tap";
import { pathArguments } from "../../src/check-child/path-arguments.ts";

const rules = {
  isDenied: (tool: string, argument: string) => argument === "file_path" && tool !== "diff",
  isAllowed: (_tool: string, argument: string) => argument === "file_path",
};
const string = (description?: string) => ({ type: "string", description });
const tool = (name: string, properties: object) => ({ name, inputSchema: { type: "object", properties } });

/** The verdicts by tool and argument. */
function verdicts(...tools: unknown[]): Record<string, string> {
  return Object.fromEntries(
    pathArguments(tools, rules).map((found) => [`${found.tool}.${found.argument}`, found.verdict]),
  );
}

t.test("tells files of the machine from those of a repository, by name and description", (t) => {
  t.same(
    verdicts(
      tool("upload", { file_path: string(), title: string(), index: { type: "number" } }),
      tool("diff", { file_path: string() }),
      tool("read", { filePath: string("File path"), path: string("Directory path within the repository") }),
      tool("export", { outputPath: string(), localFile: string(), target: string() }),
      tool("save", {
        path: string("Absolute path on the local disk"),
        file: string("a file of the server's"),
      }),
      tool("search", { profile: string(), pathological: string("on the host") }),
    ),
    {
      "upload.file_path": "denied",
      "diff.file_path": "allowed",
      "read.filePath": "path",
      "read.path": "path",
      "export.outputPath": "host",
      "export.localFile": "host",
      "save.path": "host",
      "save.file": "path",
    },
  );
  t.end();
});

t.test("finds arguments at any depth of a schema", (t) => {
  const nested = {
    files: { type: "array", items: { type: "object", properties: { dir: string() } } },
    either: { anyOf: [{ properties: { output_dir: string() } }, string()] },
  };
  t.same(verdicts(tool("nested", nested)), {
    "nested.files": "path",
    "nested.dir": "path",
    "nested.output_dir": "host",
  });
  t.end();
});

t.test("tolerates whatever a server lists", (t) => {
  let deep: object = {};
  for (let depth = 0; depth < 10_000; depth++) deep = { items: deep };
  t.same(verdicts(null, 1, {}, { name: 1 }, { name: "x", inputSchema: 1 }, tool("deep", { deep })), {});
  const [found] = pathArguments([tool("a\u001b[2Jb", { path: string("x\ny".repeat(100)) })], rules);
  t.match(found, { tool: "a[2Jb", description: /^x y[^\n]+…$/ });
  t.end();
});
