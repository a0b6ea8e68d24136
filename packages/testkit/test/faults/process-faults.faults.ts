import t from "tap";
import { startFaultRig } from "./fault-rig.ts";
import { mayLogIn, meet, row, sees, type Fault } from "./matrix.ts";

const rig = await startFaultRig();
t.teardown(() => rig.close());
const { stack } = rig;

const kill = (part: "redis" | "authServer" | "sessionDaemon") => async () => {
  healed = rig.restarted(part);
  await stack[part].kill("SIGKILL");
};
let healed: Promise<void> | undefined;
const whenBack = () => healed;

const stopped = {
  inject: (part: "redis" | "authServer" | "sessionDaemon") => () => stack[part].kill("SIGSTOP"),
  heal: (part: "redis" | "authServer" | "sessionDaemon") => () => stack[part].kill("SIGCONT"),
};

/** A read that fails is tried again by nobody but the client; what was written may have been done. */
const duringRedis = row(mayLogIn("done", "503", "503 temporarily_unavailable"), {
  authorize: mayLogIn("done", "503", "redirect:temporarily_unavailable"),
  refresh: sees("done", "503 temporarily_unavailable"),
  // The auth-server's own wait is over then: an error that says so, and nothing is lost.
  initialize: sees("done", "503", "rpc:-32603"),
  call: sees("done"),
  renewal: sees("done", "503", "rpc:-32603"),
  stream: sees("open"),
});

const faults: readonly Fault[] = [
  {
    name: "Redis is killed",
    way: "gateway",
    inject: kill("redis"),
    heal: whenBack,
    before: row(sees("done")),
    during: duringRedis,
  },
  {
    name: "Redis stands still for 5 s",
    way: "gateway",
    inject: stopped.inject("redis"),
    heal: stopped.heal("redis"),
    lastsMs: 5_000,
    before: row(sees("503"), {
      exchange: sees("503 temporarily_unavailable"),
      refresh: sees("503 temporarily_unavailable"),
    }),
    during: duringRedis,
  },
  {
    name: "the auth-server is killed",
    way: "socket",
    inject: kill("authServer"),
    heal: whenBack,
    before: row(sees("cut"), {
      initialize: sees("done"),
      call: sees("done"),
      renewal: sees("done"),
      stream: sees("done"),
    }),
    // Killed between Forgejo's rotation and the vault, the upstream tokens are lost: then there is a new login.
    during: row(mayLogIn("done", "cut"), {
      initialize: mayLogIn("done", "401 invalid_token"),
      call: sees("done"),
      renewal: mayLogIn("done", "401 invalid_token"),
      stream: sees("open"),
    }),
  },
  {
    name: "the auth-server stands still for 5 s",
    way: "socket",
    inject: stopped.inject("authServer"),
    heal: stopped.heal("authServer"),
    lastsMs: 5_000,
    before: row(sees("done")),
    // Its own timeouts are over when it goes on: Forgejo's rotation may be lost to one.
    during: row(mayLogIn("done", "503", "503 temporarily_unavailable", "redirect:temporarily_unavailable"), {
      initialize: mayLogIn("done", "rpc:-32603", "401 invalid_token"),
      call: sees("done"),
      renewal: mayLogIn("done", "rpc:-32603", "401 invalid_token"),
      stream: sees("open"),
    }),
  },
  {
    name: "the session-daemon is killed",
    way: "gateway",
    inject: kill("sessionDaemon"),
    heal: whenBack,
    before: row(sees("done")),
    during: row(sees("done"), {
      initialize: sees("done", "502"),
      call: sees("502"),
      renewal: sees("done", "502"),
      stream: sees("closed"),
    }),
  },
  {
    name: "the session-daemon stands still for 5 s",
    way: "gateway",
    inject: stopped.inject("sessionDaemon"),
    heal: stopped.heal("sessionDaemon"),
    lastsMs: 5_000,
    before: row(sees("done")),
    during: row(sees("done"), {
      initialize: sees("done", "503", "rpc:-32603"),
      renewal: sees("done", "503", "rpc:-32603"),
      stream: sees("open"),
    }),
  },
];

for (const fault of faults) t.test(fault.name, (t) => meet(t, rig, fault));

t.test("the logs of all this hold no secret", async (t) => {
  t.ok(rig.secrets.size > 100);
  t.same(await rig.secretsInLogs(), []);
});
