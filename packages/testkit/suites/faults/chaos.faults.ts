import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { faultModes } from "../../src/forgejo/faults.ts";
import { signalIfRunning } from "../../src/process/process-children.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import { ChaosSession, ChaosUser } from "./chaos-session.ts";
import { startFaultStack } from "./fault-stack.ts";
import { oneOf, seededRandom } from "./random.ts";
import { issueChild } from "./issue-child.ts";

const userCount = 10;
const sessionsEach = 5;
const chaosMs = 60_000;
const settleMs = 60_000;
/** The count depends on the faults; with fewer than one response per session the run has tested nothing. */
const minResponses = userCount * sessionsEach;

/** The faults depend on the seed alone; the requests of each session on the seed and the session's number. */
const seed = Number(process.env.FJMCP_TEST_SEED ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

const setup = await startFaultStack({
  child: issueChild,
  // The timeout is longer than Forgejo hangs here. A refresh lock of a killed auth-server lasts more than twice as long.
  authServer: { FJMCP_ACCESS_TOKEN_SECONDS: "20", FJMCP_FORGEJO_TIMEOUT_SECONDS: "5" },
  // The request that would end a worker may be lost in a fault; the sweep ends the worker then.
  sessionDaemon: { FJMCP_SWEEP_SECONDS: "0.5" },
});
t.teardown(() => setup.close());
const { stack, forgejo } = setup;

const services = ["redis", "authServer", "sessionDaemon"] as const;
const faults: readonly (readonly [name: string, inject: (user: string) => Promise<void>])[] = [
  ...services.map((name) => [`${name} is killed`, () => stack[name].kill("SIGKILL")] as const),
  ...services.map((name) => [`${name} is stopped`, () => pause(stack[name].pid)] as const),
  ["a child is killed", async () => signalChild("SIGKILL")],
  ["another child is killed", async () => signalChild("SIGKILL")],
  ["a child is stopped", () => pause(oneOf(random, setup.leaks.workers()))],
  ...faultModes.map((mode) => [`Forgejo: ${mode}`, () => failForgejo(mode)] as const),
  ["a grant is revoked", async (user) => forgejo.controls.revokeGrant(user, stack.forgejo.clientId)],
];

function signalChild(signal: NodeJS.Signals): void {
  const pid = oneOf(random, setup.leaks.workers());
  if (pid !== undefined) signalIfRunning(pid, signal);
}

/** Stops the process for up to two seconds. */
async function pause(pid: number | undefined): Promise<void> {
  const pauseMs = random() * 2_000;
  if (pid === undefined || !signalIfRunning(pid, "SIGSTOP")) return;
  await sleep(pauseMs);
  signalIfRunning(pid, "SIGCONT");
}

async function failForgejo(mode: (typeof faultModes)[number]): Promise<void> {
  forgejo.controls.setFault({ path: /./, mode });
  await sleep(random() * 2_000);
  forgejo.controls.clearFaults();
}

t.test(`${userCount * sessionsEach} sessions survive random faults (FJMCP_TEST_SEED=${seed})`, async (t) => {
  await setup.leaks.recordKeys();
  const flows = await setup.flowsAt(
    Array.from({ length: userCount }, () => "initialize" as const),
    "gateway",
  );
  forgejo.controls.setAccessTokenSeconds(30);
  const userNames = flows.map(({ user }) => user);
  const users = flows.map((flow) => new ChaosUser(flow));
  const sessions = users.flatMap((user) =>
    Array.from(
      { length: sessionsEach },
      () =>
        new ChaosSession(user, setup.target("gateway"), userNames, (value) => void setup.secrets.add(value)),
    ),
  );

  const over = new AbortController();
  const use = async (session: ChaosSession, own: () => number) => {
    while (!over.signal.aborted) {
      await (own() < 0.9 ? session.readOwn() : session.readOthers(oneOf(own, userNames)));
      await sleep(200 + own() * 600);
    }
  };
  const running = sessions.map((session, i) =>
    use(session, seededRandom(seed + 1 + i)).catch((error: unknown) =>
      session.violations.push(String(error)),
    ),
  );
  const injected: string[] = [];
  const endsAt = performance.now() + chaosMs;
  while (performance.now() < endsAt) {
    const [name, inject] = oneOf(random, faults);
    injected.push(name);
    await inject(oneOf(random, userNames));
    await sleep(random() * 1_500);
  }
  over.abort();
  await Promise.all(running);

  const working = await Promise.all(
    sessions.map((session) =>
      waitUntil("a session should work", () => session.readOwn(), { timeoutMs: settleMs }).catch(() => false),
    ),
  );
  t.equal(working.filter(Boolean).length, sessions.length, "every session works in the end");
  t.same(
    sessions.flatMap(({ violations }) => violations),
    [],
    "no session sees another user's data",
  );
  const responses = sessions.reduce((sum, { responseCount }) => sum + responseCount, 0);
  t.ok(responses >= minResponses, `${responses} responses, at least ${minResponses}`);
  t.comment(
    `${users.reduce((sum, { logins }) => sum + logins, 0)} new logins; ${injected.length} faults: ${injected.join(", ")}`,
  );

  t.same(await setup.leaks.keysWithoutExpiry(), [], "every key expires");
  for (const flow of flows) await flow.revoke();
  await setup.leaks.expectNone(sessions.length);
  t.same(setup.secretsInLogs(), [], "no log holds a secret");
});
