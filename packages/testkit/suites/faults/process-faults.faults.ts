import t from "tap";
import type { Hold, PartName } from "../../src/stack/stack.ts";
import { startFaultRig } from "./fault-stack.ts";
import { left, mayLogIn, mustLogIn, row, sees, type Fault } from "./fault-matrix.ts";
import { meet } from "./run-fault.ts";

const rig = await startFaultRig();
t.teardown(() => rig.close());
const { stack } = rig;

/** Started again at once, as systemd would. */
const killed = (part: PartName) => {
  let back: Promise<void> | undefined;
  return {
    inject: async () => {
      back = rig.restarted(part);
      await stack[part].kill("SIGKILL");
    },
    heal: () => back,
  };
};

/** Not started again before the fault is over. */
const down = (part: PartName) => {
  let hold: Hold | undefined;
  return {
    inject: async () => {
      hold = stack.keepDown(part);
      await stack[part].kill("SIGKILL");
    },
    heal: async () => {
      const back = rig.restarted(part);
      hold?.release();
      await back;
    },
  };
};

const standsStill = (part: PartName) => ({
  inject: () => stack[part].kill("SIGSTOP"),
  heal: () => stack[part].kill("SIGCONT"),
});

const redisAway: Fault["before"] = row(sees("503"), {
  exchange: sees("503 temporarily_unavailable"),
  refresh: sees("503 temporarily_unavailable"),
});
/** A read that fails is tried again by nobody but the client; what was written may have been done. */
const duringRedis = {
  authorize: sees("done", "503", "redirect:temporarily_unavailable"),
  consent: sees("done", "503"),
  exchange: mayLogIn("done", "503 temporarily_unavailable"),
  call: sees("done"),
  stream: sees("open"),
};
/** Forgejo's answer comes when it can not be kept yet: that is waited for, as it can not be had again. */
const duringRedisAway = row(sees("done"), duringRedis);

/**
 * Forgejo rotates while nobody is there to hear of it: the upstream tokens are lost. The lock of the process that was
 * killed outlasts the patience of those who wait for a worker.
 */
const duringAuthServer = row(mustLogIn("rpc:-32603"), {
  authorize: sees("done", "cut"),
  consent: sees("done", "cut"),
  callback: mustLogIn("cut"),
  exchange: mayLogIn("done", "cut"),
  refresh: mustLogIn("cut"),
  call: sees("done"),
  stream: sees("open"),
});

const asKilled = left("as when it is killed: what was lost is lost then");

const gateway = { way: "gateway", heldAt: "forgejo" } as const;
const socket = { way: "socket", heldAt: "forgejo" } as const;

const faults: readonly Fault[] = [
  {
    name: "Redis is killed",
    ...gateway,
    ...killed("redis"),
    before: row(sees("done")),
    during: row(sees("done"), duringRedis),
  },
  {
    name: "Redis is down",
    ...gateway,
    ...down("redis"),
    lasts: "before",
    before: redisAway,
    during: duringRedisAway,
  },
  {
    name: "Redis stands still",
    ...gateway,
    ...standsStill("redis"),
    lasts: "before",
    before: redisAway,
    during: duringRedisAway,
  },
  {
    name: "the auth-server is killed",
    ...socket,
    ...killed("authServer"),
    before: row(sees("cut"), {
      initialize: sees("done"),
      call: sees("done"),
      renewal: sees("done"),
      stream: sees("done"),
    }),
    during: duringAuthServer,
  },
  {
    name: "the auth-server is down",
    ...socket,
    ...down("authServer"),
    before: row(sees("cut"), {
      initialize: sees("rpc:-32603"),
      call: sees("done"),
      renewal: sees("rpc:-32603"),
      stream: sees("done"),
    }),
    during: { ...duringAuthServer, refresh: asKilled, initialize: asKilled, renewal: asKilled },
  },
  {
    name: "the auth-server stands still for 5 s",
    ...socket,
    ...standsStill("authServer"),
    lasts: { ms: 5_000 },
    before: row(sees("done")),
    // Its patience with Redis is over when it goes on; that with Forgejo is not.
    during: row(sees("done"), {
      authorize: sees("done", "503", "redirect:temporarily_unavailable"),
      consent: sees("done", "503"),
      exchange: mayLogIn("done", "503 temporarily_unavailable"),
      stream: sees("open"),
    }),
  },
  {
    name: "the session-daemon is killed",
    ...gateway,
    ...killed("sessionDaemon"),
    before: row(sees("done")),
    during: row(sees("done"), {
      initialize: sees("502"),
      call: sees("502"),
      renewal: sees("502"),
      stream: sees("closed"),
    }),
  },
  {
    name: "the session-daemon is down",
    ...gateway,
    ...down("sessionDaemon"),
    before: row(sees("done"), {
      initialize: sees("503"),
      call: sees("503"),
      renewal: sees("503"),
      stream: sees("503"),
    }),
    during: row(sees("done"), {
      initialize: sees("502"),
      call: sees("502"),
      renewal: sees("502"),
      stream: sees("closed"),
    }),
  },
  {
    name: "the session-daemon stands still for 5 s",
    ...gateway,
    ...standsStill("sessionDaemon"),
    lasts: { ms: 5_000 },
    before: row(sees("done")),
    during: row(sees("done"), { stream: sees("open") }),
  },
];

for (const fault of faults) t.test(fault.name, (t) => meet(t, rig, fault));

t.test("the logs of all this hold no secret", async (t) => {
  t.ok(rig.secrets.size > 100);
  t.same(rig.secretsInLogs(), []);
});
