import t, { type Test } from "tap";
import type { ClientFlow } from "./client-flow.ts";
import { eventually } from "./eventually.ts";
import { startFaultStack } from "./fault-stack.ts";
import { issueChild } from "./issue-child.ts";

// What Forgejo ends or suspends while workers hold its tokens, which stay valid there for an hour.
const setup = await startFaultStack({ child: issueChild });
t.teardown(() => setup.close());
const { controls } = setup.forgejo;
const { clientId } = setup.stack.forgejo;

/** A connected client whose worker has called Forgejo. */
async function connected(t: Test, flow: ClientFlow): Promise<ClientFlow> {
  await flow.prepare("call");
  t.same(await whoami(flow), { outcome: "done", text: flow.user, message: "" });
  return flow;
}

const newClient = async (t: Test) => connected(t, await setup.newFlow("gateway"));
const whoami = (flow: ClientFlow) => flow.mcp.useTool("whoami");

for (const [how, end] of [
  ["revokes the grant", (user: string) => controls.revokeGrant(user, clientId)],
  ["deletes the user", (user: string) => controls.deleteUser(user)],
] as const) {
  t.test(`when Forgejo ${how}, all clients of the user must sign in again, and no others`, async (t) => {
    const client = await newClient(t);
    const [second, other] = [await connected(t, await client.another()), await newClient(t)];
    end(client.user);
    t.match(
      await whoami(client),
      { text: "Forgejo responded with 401" },
      "the child's own error comes first",
    );
    for (const flow of [client, second])
      await eventually(
        "the next request should be unauthorized",
        async () => (await whoami(flow)).outcome === "401 invalid_token",
      );
    for (const flow of [client, second]) t.equal(await flow.runStep("refresh"), "400 invalid_grant");
    t.match(await whoami(other), { outcome: "done", text: other.user });
  });
}

for (const state of ["must-change-password", "two-factor-missing", "prohibited", "not-active"] as const) {
  t.test(`nothing ends while a user is suspended: ${state}`, async (t) => {
    const client = await newClient(t);
    const second = await connected(t, await client.another());
    controls.setUserState(client.user, state);
    for (let calls = 0; calls < 3; calls += 1)
      t.match(await whoami(client), { text: "Forgejo responded with 403" });
    t.equal(await client.runStep("refresh"), "done", "the client keeps its tokens");
    controls.setUserState(client.user, "normal");
    for (const flow of [client, second]) t.match(await whoami(flow), { outcome: "done", text: flow.user });
  });
}

t.test("after a revocation in Forgejo, a login with one client mends all others of the user", async (t) => {
  const client = await newClient(t);
  const second = await connected(t, await client.another());
  controls.revokeGrant(client.user, clientId);
  await connected(t, await client.another());
  for (const flow of [client, second])
    await eventually("its worker has a token of the new grant", async () => {
      const { outcome, text } = await whoami(flow);
      if (outcome.startsWith("401")) throw new Error("it must sign in again");
      return text === flow.user;
    });
});

t.test("an application that was deleted ends no grant, and calls name the administrator", async (t) => {
  const client = await newClient(t);
  t.teardown(() => controls.clearFaults());
  controls.deleteApp(clientId);
  t.match(await whoami(client), { text: "Forgejo responded with 401" });
  // Retiring the worker makes the next call need a token from Forgejo.
  await setup.stack.sessionDaemon.kill("SIGKILL");
  const error = await eventually("the call should fail with an explanation", async () => {
    const { message } = await whoami(client);
    return /administrator/.test(message) ? message : undefined;
  });
  t.match(error, /administrator/);
  t.not((await whoami(client)).outcome, "401 invalid_token");
});

t.test("no log holds a secret", async (t) => t.same(setup.secretsInLogs(), []));
