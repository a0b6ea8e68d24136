import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import t from "tap";
import { faultModes } from "@fjmcp/testkit/forgejo/faults";
import { isRunning } from "@fjmcp/testkit/process/process-children";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { ChaosSession, ChaosUser } from "./chaos-session.ts";
import { startFaultRig } from "./fault-rig.ts";
import { seededRandom } from "./random.ts";

const userCount = 10;
const sessionsEach = 5;
const lastsMs = 60_000;
const settleMs = 40_000;

const seed = Number(process.env["FJMCP_TEST_SEED"] ?? Date.now() % 1_000_000);
const random = seededRandom(seed);
const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;

const child = fileURLToPath(new URL("./fixtures/issue-child.ts", import.meta.url)).replaceAll(" ", "\\ ");
const rig = await startFaultRig({
  child: {
    name: "issues",
    command: `${process.execPath} ${child}`,
    env: "FORGEJO_URL={url} FORGEJO_TOKEN={token}",
  },
  authServer: { FJMCP_ACCESS_TOKEN_SECONDS: "20" },
});
t.teardown(() => rig.close());
const { stack, forgejo } = rig;

const parts = ["redis", "authServer", "sessionDaemon"] as const;
const faults: readonly (readonly [name: string, happens: (user: string) => Promise<void>])[] = [
  ...parts.map((part) => [`${part} is killed`, () => stack[part].kill("SIGKILL")] as const),
  ...parts.map((part) => [`${part} stands still`, () => standStill(stack[part].pid)] as const),
  ["a child is killed", async () => signalChild("SIGKILL")],
  ["another child is killed", async () => signalChild("SIGKILL")],
  ["a child stands still", () => standStill(oneOf(rig.leftOvers.workers()))],
  ...faultModes.map((mode) => [`Forgejo: ${mode}`, () => forgejoIs(mode)] as const),
  ["a grant is revoked", async (user) => forgejo.knobs.revokeGrant(user, stack.forgejo.clientId)],
];

function signalChild(signal: NodeJS.Signals): void {
  const pid = oneOf(rig.leftOvers.workers());
  if (pid !== undefined && isRunning(pid)) process.kill(pid, signal);
}

/** Whatever it is, for up to two seconds. */
async function standStill(pid: number | undefined): Promise<void> {
  if (pid === undefined || !isRunning(pid)) return;
  process.kill(pid, "SIGSTOP");
  await sleep(random() * 2_000);
  if (isRunning(pid)) process.kill(pid, "SIGCONT");
}

async function forgejoIs(mode: (typeof faultModes)[number]): Promise<void> {
  forgejo.knobs.setFault({ path: /./, mode });
  await sleep(random() * 2_000);
  forgejo.knobs.clearFaults();
}

t.test(`${userCount * sessionsEach} sessions through random faults (FJMCP_TEST_SEED=${seed})`, async (t) => {
  const flows = await rig.flowsAt(
    Array.from({ length: userCount }, () => "initialize" as const),
    "gateway",
  );
  forgejo.knobs.setAccessTokenSeconds(30);
  const everybody = flows.map(({ user }) => user);
  const users = flows.map((flow) => new ChaosUser(flow));
  const sessions = users.flatMap((user) =>
    Array.from(
      { length: sessionsEach },
      () => new ChaosSession(user, rig.target("gateway"), everybody, (value) => void rig.secrets.add(value)),
    ),
  );

  const over = new AbortController();
  const running = sessions.map(async (session) => {
    while (!over.signal.aborted) {
      await (random() < 0.9 ? session.readOwn() : session.readAnothers(oneOf(everybody)));
      await sleep(200 + random() * 600);
    }
  });
  const happened: string[] = [];
  const endsAt = performance.now() + lastsMs;
  while (performance.now() < endsAt) {
    const [name, happens] = oneOf(faults);
    happened.push(name);
    await happens(oneOf(everybody));
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
  t.comment(
    `${sessions.reduce((sum, { answered }) => sum + answered, 0)} answers, ${happened.length} faults`,
  );
  t.comment(`${users.reduce((sum, { logins }) => sum + logins, 0)} new logins; ${happened.join(", ")}`);

  t.same(await rig.leftOvers.keysForEver(), [], "every key expires");
  for (const flow of flows) await flow.revoke();
  await rig.leftOvers.gone();
  t.same(await rig.secretsInLogs(), [], "no log holds a secret");
});
