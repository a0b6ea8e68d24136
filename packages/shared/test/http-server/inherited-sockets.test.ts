import t from "tap";
import { ConfigurationError } from "../../src/config/environment.ts";
import { takeInheritedSockets } from "../../src/http-server/inherited-sockets.ts";

const passed = (names: string, pid = process.pid) => ({
  LISTEN_PID: String(pid),
  LISTEN_FDS: String(names.split(":").length),
  LISTEN_FDNAMES: names,
  PATH: "/bin",
});

t.test("gives each socket's descriptor by its name and removes the variables", async (t) => {
  const env: Record<string, string | undefined> = passed("ipc:http");
  t.same(takeInheritedSockets(env, ["http", "ipc", "admin"]), { ipc: 3, http: 4 });
  t.same(env, { PATH: "/bin" });
});

t.test("ignores sockets that were passed to another process, and removes the variables", async (t) => {
  const env: Record<string, string | undefined> = passed("http", process.pid + 1);
  t.same(takeInheritedSockets(env, ["http"]), {});
  t.same(env, { PATH: "/bin" });
  t.same(takeInheritedSockets({}, ["http"]), {});
});

t.test("a socket that nothing would serve is a configuration fault", async (t) => {
  for (const names of ["http:other", "http:http"])
    t.throws(() => takeInheritedSockets(passed(names), ["http"]), ConfigurationError, names);
});
