import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import t from "tap";
import { faultModes } from "../../src/forgejo/faults.ts";
import { signalIfRunning } from "../../src/process/process-children.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import { ChaosSession, ChaosUser } from "./chaos-session.ts";
import { startFaultRig } from "./fault-stack.ts";
import { oneOf, seededRandom } from "./random.ts";

const userCount = 10;
const sessionsEach = 5;
const lastsMs = 60_000;
const settleMs = 60_000;
/** How many there are hangs on what fails; with fewer than one for each session it was all about nothing. */
const fewestAnswers = userCount * sessionsEach;

/** The faults follow from the seed alone; what each session asks for, from the seed and its own number. */
const seed = Number(process.env["FJMCP_TEST_SEED"] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);

const child = fileURLToPath(new URL("./fixtures/issue-child.ts", import.meta.url)).replaceAll(" ", "\\ ");
const rig = await startFaultRig({
  child: {
    name: "issues",
    command: `${process.execPath} ${child}`,
    env: "FORGEJO_URL={url} FORGEJO_TOKEN={token}",
  },
  // Longer than Forgejo ever hangs here; what a killed auth-server was refreshing is locked for as long again, and more.
  authServer: { FJMCP_ACCESS_TOKEN_SECONDS: "20", FJMCP_FORGEJO_TIMEOUT_SECONDS: "5" },
  // What should have ended a worker may be killed on its way.
  sessionDaemon: { FJMCP_SWEEP_SECONDS: "0.5" },
});
t.teardown(() => rig.close());
const { stack, forgejo } = rig;

const parts = ["redis", "authServer", "sessionDaemon"] as const;
const faults: readonly (readonly [name: string, happens: (user: string) => Promise<void>])[] = [
  ...parts.map((part) => [`${part} is killed`, () => stack[part].kill("SIGKILL")] as const),
  ...parts.map((part) => [`${part} stands still`, () => standStill(stack[part].pid)] as const),
  ["a child is killed", async () => signalChild("SIGKILL")],
  ["another child is killed", async () => signalChild("SIGKILL")],
  ["a child stands still", () => standStill(oneOf(random, rig.leftOvers.workers()))],
  ...faultModes.map((mode) => [`Forgejo: ${mode}`, () => forgejoIs(mode)] as const),
  ["a grant is revoked", async (user) => forgejo.controls.revokeGrant(user, stack.forgejo.clientId)],
];

function signalChild(signal: NodeJS.Signals): void {
  const pid = oneOf(random, rig.leftOvers.workers());
  if (pid !== undefined) signalIfRunning(pid, signal);
}

/** Whatever it is, for up to two seconds. */
async function standStill(pid: number | undefined): Promise<void> {
  const lasts = random() * 2_000;
  if (pid === undefined || !signalIfRunning(pid, "SIGSTOP")) return;
  await sleep(lasts);
  signalIfRunning(pid, "SIGCONT");
}

async function forgejoIs(mode: (typeof faultModes)[number]): Promise<void> {
  forgejo.controls.setFault({ path: /./, mode });
  await sleep(random() * 2_000);
  forgejo.controls.clearFaults();
}

t.test(`${userCount * sessionsEach} sessions through random faults (FJMCP_TEST_SEED=${seed})`, async (t) => {
  await rig.leftOvers.note();
  const flows = await rig.flowsAt(
    Array.from({ length: userCount }, () => "initialize" as const),
    "gateway",
  );
  forgejo.controls.setAccessTokenSeconds(30);
  const everybody = flows.map(({ user }) => user);
  const users = flows.map((flow) => new ChaosUser(flow));
  const sessions = users.flatMap((user) =>
    Array.from(
      { length: sessionsEach },
      () => new ChaosSession(user, rig.target("gateway"), everybody, (value) => void rig.secrets.add(value)),
    ),
  );

  const over = new AbortController();
  const use = async (session: ChaosSession, own: () => number) => {
    while (!over.signal.aborted) {
      await (own() < 0.9 ? session.readOwn() : session.readAnothers(oneOf(own, everybody)));
      await sleep(200 + own() * 600);
    }
  };
  const running = sessions.map((session, i) =>
    use(session, seededRandom(seed + 1 + i)).catch((error: unknown) => session.wrong.push(String(error))),
  );
  const happened: string[] = [];
  const endsAt = performance.now() + lastsMs;
  while (performance.now() < endsAt) {
    const [name, happens] = oneOf(random, faults);
    happened.push(name);
    await happens(oneOf(random, everybody));
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
    sessions.flatMap(({ wrong }) => wrong),
    [],
    "nobody sees what is another's",
  );
  const answers = sessions.reduce((sum, { answered }) => sum + answered, 0);
  t.ok(answers >= fewestAnswers, `${answers} answers, at least ${fewestAnswers}`);
  t.comment(
    `${users.reduce((sum, { logins }) => sum + logins, 0)} new logins; ${happened.length} faults: ${happened.join(", ")}`,
  );

  t.same(await rig.leftOvers.keysForEver(), [], "every key expires");
  for (const flow of flows) await flow.revoke();
  await rig.leftOvers.gone(sessions.length);
  t.same(rig.secretsInLogs(), [], "no log holds a secret");
});
