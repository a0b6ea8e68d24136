import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import t from "tap";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { SocketInUseError, listenOn, listenUnix } from "../../src/http-server/unix-listener.ts";

t.test("creates a socket with mode 0660", async (t) => {
  const path = join(temporaryDirectory(t), "s.sock");
  const server = createServer();
  t.teardown(() => server.close());
  await listenUnix(server, path);
  t.equal(statSync(path).mode & 0o777, 0o660);
});

t.test("replaces a socket file on which no process listens", async (t) => {
  const path = join(temporaryDirectory(t), "s.sock");
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  t.ok(existsSync(path), "a killed process leaves its socket file");
  const server = createServer();
  t.teardown(() => server.close());
  await t.resolves(listenUnix(server, path));
});

t.test("rejects when another process listens on the socket", async (t) => {
  const path = join(temporaryDirectory(t), "s.sock");
  const first = createServer();
  t.teardown(() => first.close());
  await listenUnix(first, path);
  await t.rejects(listenUnix(createServer(), path), SocketInUseError);
  t.ok(first.listening);
});

t.test("rejects for a file that is no socket and keeps it", async (t) => {
  const path = join(temporaryDirectory(t), "s.sock");
  writeFileSync(path, "another file");
  await t.rejects(listenUnix(createServer(), path), /is not a socket/);
  t.equal(readFileSync(path, "utf8"), "another file");
});

t.test("rejects a path that is too long or whose folder is missing, and names it", async (t) => {
  await t.rejects(listenUnix(createServer(), `/tmp/${"x".repeat(103)}`), /107 bytes at most/);
  const path = join(temporaryDirectory(t), "missing", "s.sock");
  await t.rejects(listenUnix(createServer(), path), { message: new RegExp(path) });
});

t.test("listenOn accepts a TCP address", async (t) => {
  const server = createServer();
  t.teardown(() => server.close());
  await listenOn(server, { host: "127.0.0.1", port: 0 });
  t.match(server.address(), { address: "127.0.0.1" });
});
