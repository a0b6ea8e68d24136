import t from "tap";
import type { Hold, PartName } from "../../src/stack/stack.ts";
import { startFaultStack } from "./fault-stack.ts";
import { omitted, mayLogIn, mustLogIn, row, sees, type Fault } from "./fault-matrix.ts";
import { runFault } from "./run-fault.ts";

const setup = await startFaultStack();
t.teardown(() => setup.close());
const { stack } = setup;

/** The service is killed and restarted at once, as systemd would. */
const killed = (part: PartName) => {
  let back: Promise<void> | undefined;
  return {
    inject: async () => {
      back = setup.restarted(part);
      await stack[part].kill("SIGKILL");
    },
    heal: () => back,
  };
};

/** The service is killed and not restarted before the fault is over. */
const down = (part: PartName) => {
  let hold: Hold | undefined;
  return {
    inject: async () => {
      hold = stack.keepDown(part);
      await stack[part].kill("SIGKILL");
    },
    heal: async () => {
      const back = setup.restarted(part);
      hold?.release();
      await back;
    },
  };
};

const stopped = (part: PartName) => ({
  inject: () => stack[part].kill("SIGSTOP"),
  heal: () => stack[part].kill("SIGCONT"),
});

const redisUnavailable: Fault["before"] = row(sees("503"), {
  exchange: sees("503 temporarily_unavailable"),
  refresh: sees("503 temporarily_unavailable"),
});
/** Only the client retries a failed read; a failed write may have been applied. */
const duringRedis = {
  authorize: sees("done", "503", "redirect:temporarily_unavailable"),
  consent: sees("done", "503"),
  exchange: mayLogIn("done", "503 temporarily_unavailable"),
  call: sees("done"),
  stream: sees("open"),
};
/** Forgejo's response arrives while it cannot be stored yet: the store is retried, because a token is issued once. */
const duringRedisOutage = row(sees("done"), duringRedis);

/**
 * Forgejo rotates while no auth-server receives the response: the upstream tokens are lost. The lock of the killed
 * process outlasts the timeout of the requests that wait for a worker.
 */
const duringAuthServer = row(mustLogIn("rpc:-32603"), {
  initialize: mustLogIn("done"),
  authorize: sees("done", "cut"),
  consent: sees("done", "cut"),
  callback: sees("cut"),
  exchange: mayLogIn("done", "cut"),
  refresh: mustLogIn("cut"),
  call: sees("done"),
  stream: sees("open"),
});

const asKilled = omitted("as when it is killed: the same tokens are lost");

const gateway = { route: "gateway", heldAt: "forgejo" } as const;
const socket = { route: "socket", heldAt: "forgejo" } as const;

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
    before: redisUnavailable,
    during: duringRedisOutage,
  },
  {
    name: "Redis is stopped",
    ...gateway,
    ...stopped("redis"),
    lasts: "before",
    before: redisUnavailable,
    during: duringRedisOutage,
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
      initialize: sees("done"),
      call: sees("done"),
      renewal: sees("rpc:-32603"),
      stream: sees("done"),
    }),
    during: { ...duringAuthServer, refresh: asKilled, initialize: asKilled, renewal: asKilled },
  },
  {
    name: "the auth-server is stopped for 5 s",
    ...socket,
    ...stopped("authServer"),
    lasts: { ms: 5_000 },
    before: row(sees("done")),
    // When it continues, its Redis timeout has passed; its Forgejo timeout has not.
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
      call: sees("502"),
      renewal: sees("502"),
      stream: sees("closed"),
    }),
  },
  {
    name: "the session-daemon is stopped for 5 s",
    ...gateway,
    ...stopped("sessionDaemon"),
    lasts: { ms: 5_000 },
    before: row(sees("done")),
    during: row(sees("done"), { stream: sees("open") }),
  },
];

for (const fault of faults) t.test(fault.name, (t) => runFault(t, setup, fault));

t.test("no log holds a secret", async (t) => {
  t.ok(setup.secrets.size > 100);
  t.same(setup.secretsInLogs(), []);
});
