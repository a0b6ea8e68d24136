import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { GrantId } from "@fjmcp/shared/ids";
import type { UserCheckResponse } from "@fjmcp/shared/ipc/user-check";
import t from "tap";
import { caller, runPool, useTool } from "../../support/run-pool.ts";

const who = caller();

/** A pool whose child exits at the first `failures` starts, and the responses of the user check. */
function runFailingPool(
  test: { teardown(end: () => unknown): void },
  respond: (grantId: GrantId) => UserCheckResponse | Promise<UserCheckResponse>,
  failures = 1,
) {
  const countFile = join(temporaryDirectory(test), "starts");
  const command = childCommand(
    "crash",
    "--at",
    "initialize",
    "--times",
    `${failures}`,
    "--count-file",
    countFile,
  );
  const checked: GrantId[] = [];
  const { pool } = runPool(
    test,
    { command },
    {
      userCheck: async (grantId) => {
        checked.push(grantId);
        return await respond(grantId);
      },
    },
  );
  return { pool, checked, starts: () => readFileSync(countFile, "utf8").length };
}

const explanations = [
  { response: { status: "revoked" }, kind: "token_rejected", message: /connect again/ },
  { response: { status: "suspended", message: "No." }, kind: "failed", message: /Forgejo says: No\./ },
  { response: { status: "misconfigured" }, kind: "failed", message: /administrator/ },
  {
    response: { status: "unavailable" },
    kind: "failed",
    message: /Forgejo does not respond.* Reference: \w{10}$/,
  },
  { response: { status: "ok" }, kind: "failed", message: /it ended while starting.* Reference: \w{10}$/ },
] as const;

for (const { response, kind, message } of explanations) {
  t.test(`a failed start is explained by one check of the user: ${response.status}`, async (t) => {
    const { pool, checked, starts } = runFailingPool(t, () => response, 99);
    for (const count of [3, 20]) {
      const calls = Array.from({ length: count }, () => useTool(pool, who, "echo"));
      for (const call of calls) await t.rejects(call.text, { kind, message });
    }
    t.ok(starts() <= 2, "at most one start for all that wait at once");
    t.equal(checked.length, starts(), "one check for each start");
  });
}

const programFault = /it ended while starting/;
const connectAgain = /connect again/;
for (const [inProgress, otherMessage, own, message] of [
  ["revoked", connectAgain, "ok", programFault],
  ["ok", programFault, "revoked", connectAgain],
] as const) {
  t.test(`a failed start is explained by the grant's own check: ${own}, not ${inProgress}`, async (t) => {
    const other = caller("other");
    let release: (response: UserCheckResponse) => void = () => undefined;
    const pending = new Promise<UserCheckResponse>((resolve) => (release = resolve));
    const { pool, checked } = runFailingPool(
      t,
      (grantId) => (grantId === other.grantId ? pending : { status: own }),
      99,
    );
    const otherCall = useTool(pool, other, "echo");
    await waitUntil("the other grant's check", () => checked.includes(other.grantId));
    const call = useTool(pool, who, "echo");
    await waitUntil("its own check", () => checked.includes(who.grantId));
    release({ status: inProgress });
    await t.rejects(call.text, { message });
    await t.rejects(otherCall.text, { message: otherMessage });
  });
}

t.test("a failed start is the program's fault when the user cannot be checked", async (t) => {
  const { pool } = runFailingPool(t, () => Promise.reject(new Error("no auth-server")));
  await t.rejects(useTool(pool, who, "echo").text, { message: /it ended while starting/ });
});

t.test("calls succeed again once Forgejo does, with few starts until then", async (t) => {
  const { pool, starts } = runFailingPool(t, () => ({ status: "unavailable" }), 2);
  await waitUntil("a good start", () => useTool(pool, who, "echo").text.catch(() => undefined));
  t.equal(starts(), 3);
});

t.test("a grant that ends while its failed start is checked does not wait for the check", async (t) => {
  const { pool, checked } = runFailingPool(t, () => new Promise<never>(() => undefined));
  const call = useTool(pool, who, "echo");
  await waitUntil("the check", () => checked.length === 1);
  await pool.end(() => true);
  await t.rejects(call.text, { message: /connect again/ });
});

t.test("a program that does not exist is named, and the user is not checked", async (t) => {
  for (const command of ["/nowhere/to/be/found", "no-such-program-anywhere"]) {
    let checks = 0;
    const { pool } = runPool(
      t,
      { command: `${command} --flag` },
      { userCheck: async () => (checks++, { status: "unavailable" }) },
    );
    await t.rejects(useTool(pool, who, "echo").text, {
      kind: "failed",
      message: new RegExp(`no such program: ${command}\\)`),
    });
    t.equal(checks, 0);
  }
});

t.test("a program that the child's own PATH finds is not called missing", async (t) => {
  const folder = temporaryDirectory(t);
  writeFileSync(join(folder, "only-on-its-path"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const onPath = runPool(t, { command: "only-on-its-path", env: `PATH=${folder}` });
  await t.rejects(useTool(onPath.pool, who, "echo").text, { message: /it ended while starting/ });
  const elsewhere = runPool(t, { command: "sh -c true", env: `PATH=${folder}` });
  await t.rejects(useTool(elsewhere.pool, who, "echo").text, { message: /no such program: sh\)/ });
});

t.test("a program is searched in the system's folders when there is no PATH", async (t) => {
  const { pool } = runPool(t, { command: "false" }, { environment: {} });
  await t.rejects(useTool(pool, who, "echo").text, { message: /it ended while starting/ });
});
