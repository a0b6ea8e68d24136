import t from "tap";
import type { FaultMode } from "../../src/forgejo/faults.ts";
import { startFaultRig } from "./fault-stack.ts";
import type { Flow } from "./client-flow.ts";
import { left, mustLogIn, row, sees, type Fault } from "./fault-matrix.ts";
import { meet } from "./run-fault.ts";

// Each hanging request costs this long; answers to the others are long since there.
const rig = await startFaultRig({ authServer: { FJMCP_FORGEJO_TIMEOUT_SECONDS: "5" } });
t.teardown(() => rig.close());
const { controls } = rig.forgejo;
const { clientId } = rig.stack.forgejo;

const withMode =
  (mode: FaultMode, path = /./) =>
  () =>
    controls.setFault({ path, mode });
const heal = () => controls.clearFaults();
const common = { way: "gateway", heldAt: "forgejo" } as const;

const inFlight = left(
  "as before: Forgejo is asked once in this step, and each of its answers is one of these faults",
);
const underWay = row(inFlight, { call: sees("done"), stream: sees("open") });

/** Nothing is lost but the login that came back just then. */
const away: Fault["before"] = row(sees("done"), {
  callback: mustLogIn("redirect:temporarily_unavailable"),
  initialize: sees("rpc:-32603"),
  renewal: sees("rpc:-32603"),
});

const outages: readonly (readonly [name: string, mode: FaultMode])[] = [
  ["hangs", "hang"],
  ["is down", "close"],
  ["answers 500", "500"],
  ["answers 503", "503"],
  ["answers garbage", "garbage"],
];

for (const [name, mode] of outages) {
  t.test(`Forgejo ${name}`, (t) =>
    meet(t, rig, { ...common, name, inject: withMode(mode), heal, before: away, during: underWay }),
  );
}

/** Asked after in a login alone; what they said is known later, or can wait. */
const loginNeeds: Fault["before"] = row(sees("done"), {
  callback: mustLogIn("redirect:temporarily_unavailable"),
});
for (const [endpoint, path] of [
  ["introspection", /introspect$/],
  ["user", /api\/v1\/user$/],
] as const) {
  for (const mode of ["503", "garbage"] as const) {
    t.test(`Forgejo's ${endpoint} endpoint alone: ${mode}`, (t) =>
      meet(t, rig, {
        ...common,
        name: endpoint,
        inject: withMode(mode, path),
        heal,
        before: loginNeeds,
        during: underWay,
      }),
    );
  }
}

t.test("Forgejo's answer is lost after it rotated the tokens", (t) =>
  meet(t, rig, {
    ...common,
    name: "lost",
    inject: () => controls.setFault({ path: /access_token$/, mode: "drop-response" }),
    heal,
    // Its new refresh token is lost and the old one used: there is no way back but a login.
    before: row(sees("done"), {
      callback: mustLogIn("redirect:temporarily_unavailable"),
      refresh: mustLogIn("done"),
      initialize: mustLogIn("rpc:-32603"),
      renewal: mustLogIn("rpc:-32603"),
    }),
    during: underWay,
  }),
);

const each = (act: (user: string) => void) => (flows: readonly Flow[]) => {
  for (const { user } of flows) act(user);
};

t.test("Forgejo prohibits the user", (t) =>
  meet(t, rig, {
    ...common,
    name: "prohibited",
    inject: each((user) => controls.prohibit(user, true)),
    heal: each((user) => controls.prohibit(user, false)),
    before: row(sees("done"), {
      callback: mustLogIn("redirect:access_denied"),
      refresh: mustLogIn("400 invalid_grant"),
      initialize: mustLogIn("401 invalid_token"),
      renewal: mustLogIn("401 invalid_token"),
    }),
    during: underWay,
  }),
);

const noGrant = left("Forgejo has no grant yet");
t.test("the user revokes the grant in Forgejo", (t) =>
  meet(t, rig, {
    ...common,
    name: "revoked",
    inject: each((user) => controls.revokeGrant(user, clientId)),
    heal: () => undefined,
    before: row(mustLogIn("done"), {
      authorize: noGrant,
      consent: noGrant,
      callback: mustLogIn("redirect:access_denied"),
      refresh: mustLogIn("400 invalid_grant"),
      initialize: mustLogIn("401 invalid_token"),
      call: sees("done"),
      renewal: mustLogIn("401 invalid_token"),
      stream: sees("done"),
    }),
    during: underWay,
  }),
);

t.test("the logs of all this hold no secret", async (t) => {
  t.ok(rig.secrets.size > 100);
  t.same(rig.secretsInLogs(), []);
});
