import t from "tap";
import { isPlainPath, parseRequestTarget } from "../../src/net/request-target.ts";

t.test("parses a target in origin or absolute form and changes no byte", async (t) => {
  for (const [target, path, query] of [
    ["/", "/", ""],
    ["/a/../b?c=/../d?e#f", "/a/../b", "?c=/../d?e#f"],
    ["//host/a", "//host/a", ""],
    ["/%6dcp?", "/%6dcp", "?"],
    ["http://host/a?b", "/a", "?b"],
    ["HTTPS://user@host:1//a", "//a", ""],
    ["http://host", "/", ""],
  ] as const) {
    t.same(parseRequestTarget(target), { path, query }, target);
  }
  for (const target of ["*", "http:/a", "ftp://host/a", "a", "\\a", "host:443", "http://host?a"]) {
    t.equal(parseRequestTarget(target), undefined, target);
  }
});

t.test("calls a path plain when every parser reads it in the same way", async (t) => {
  for (const path of ["/", "/mcp", "/mcp/", "/.well-known/a-b_c~d/mcp", "/a/b.c", "/..."]) {
    t.ok(isPlainPath(path), path);
  }
  for (const path of [
    "//",
    "/a//b",
    "/.",
    "/..",
    "/a/../b",
    "/a/./b",
    "/a/..",
    "/%61",
    "/a;b",
    "/a\\b",
    "/a b",
    "/é",
    "/a#b",
    "",
    "a",
  ]) {
    t.notOk(isPlainPath(path), path);
  }
});
