import t from "tap";
import type { FaultMode } from "../../src/forgejo/faults.ts";
import { startFaultStack } from "./fault-stack.ts";
import { steps, type ClientFlow, type Step } from "./client-flow.ts";
import { eventually } from "./eventually.ts";
import { omitted, mustLogIn, row, sees, type Fault } from "./fault-matrix.ts";
import { runFault } from "./run-fault.ts";

// Each hanging request takes this long; responses to all other requests arrive well before.
const setup = await startFaultStack({ authServer: { FJMCP_FORGEJO_TIMEOUT_SECONDS: "5" } });
t.teardown(() => setup.close());
const { controls } = setup.forgejo;
const { clientId } = setup.stack.forgejo;

const withMode =
  (mode: FaultMode, path = /./) =>
  () =>
    controls.setFault({ path, mode });
const heal = () => controls.clearFaults();
const common = { route: "gateway", heldAt: "forgejo" } as const;

const inFlight = omitted(
  "as before: the step sends one request to Forgejo, and each of its responses is one of these faults",
);
const during = row(inFlight, { call: sees("done"), stream: sees("open") });

/** Nothing is lost except a login that is at its callback. */
const unavailable: Fault["before"] = row(sees("done"), {
  callback: mustLogIn("redirect:temporarily_unavailable"),
  renewal: sees("rpc:-32603"),
});

const outages: readonly (readonly [name: string, mode: FaultMode])[] = [
  ["hangs", "hang"],
  ["is down", "close"],
  ["responds with 500", "500"],
  ["responds with 503", "503"],
  ["responds with garbage", "garbage"],
];

for (const [name, mode] of outages) {
  t.test(`Forgejo ${name}`, (t) =>
    runFault(t, setup, { ...common, name, inject: withMode(mode), heal, before: unavailable, during }),
  );
}

/** These endpoints are called in a login only; later steps use the stored result or can wait. */
const loginNeeds: Fault["before"] = row(sees("done"), {
  callback: mustLogIn("redirect:temporarily_unavailable"),
});
for (const [endpoint, path] of [
  ["introspection", /introspect$/],
  ["user", /api\/v1\/user$/],
] as const) {
  for (const mode of ["503", "garbage"] as const) {
    t.test(`Forgejo's ${endpoint} endpoint alone fails: ${mode}`, (t) =>
      runFault(t, setup, {
        ...common,
        name: endpoint,
        inject: withMode(mode, path),
        heal,
        before: loginNeeds,
        during,
      }),
    );
  }
}

/** How often Forgejo has rotated the refresh tokens of the flows before these steps, the first of the matrix. */
const rotations = (flows: readonly ClientFlow[], of: readonly Step[]) =>
  of.map((step) => controls.grantOf(flows[steps.indexOf(step)]!.user, clientId)!.counter);

t.test("Forgejo's response is lost after it rotated the tokens", (t) => {
  // These clients do not wait for the request whose response is lost.
  const inBackground = ["refresh", "initialize"] as const;
  let earlier: number[] = [];
  return runFault(t, setup, {
    ...common,
    name: "lost",
    inject: (flows) => {
      earlier = rotations(flows, inBackground);
      controls.setFault({ path: /access_token$/, mode: "drop-response" });
    },
    heal: async (flows) => {
      await eventually("Forgejo should rotate the tokens of all", () =>
        rotations(flows, inBackground).every((count, i) => count > earlier[i]!),
      );
      heal();
    },
    // The new refresh token is lost and the old one is used: only a login helps.
    before: row(sees("done"), {
      callback: mustLogIn("redirect:temporarily_unavailable"),
      refresh: mustLogIn("done"),
      initialize: mustLogIn("done"),
      renewal: mustLogIn("rpc:-32603"),
    }),
    during,
  });
});

const forEachUser = (act: (user: string) => void) => (flows: readonly ClientFlow[]) => {
  for (const { user } of flows) act(user);
};

t.test("Forgejo prohibits the user", (t) =>
  runFault(t, setup, {
    ...common,
    name: "prohibited",
    inject: forEachUser((user) => controls.prohibit(user, true)),
    heal: forEachUser((user) => controls.prohibit(user, false)),
    before: row(sees("done"), {
      callback: mustLogIn("403"),
      renewal: sees("rpc:-32603"),
    }),
    during,
  }),
);

const noGrant = omitted("Forgejo has no grant yet");
t.test("the user revokes the grant in Forgejo", (t) =>
  runFault(t, setup, {
    ...common,
    name: "revoked",
    inject: forEachUser((user) => controls.revokeGrant(user, clientId)),
    heal: () => undefined,
    before: row(mustLogIn("done"), {
      authorize: noGrant,
      consent: noGrant,
      // Forgejo rejects the code, asks for consent again and issues another.
      callback: sees("done"),
      refresh: mustLogIn("400 invalid_grant"),
      initialize: mustLogIn("done"),
      call: sees("done"),
      renewal: mustLogIn("401 invalid_token"),
      stream: sees("done"),
    }),
    during,
  }),
);

t.test("no log holds a secret", async (t) => {
  t.ok(setup.secrets.size > 100);
  t.same(setup.secretsInLogs(), []);
});
