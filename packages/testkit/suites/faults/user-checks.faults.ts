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
  t.test(`when Forgejo ${how}, all clients of the user ask for a sign-in, and no others`, async (t) => {
    const client = await newClient(t);
    const [second, other] = [await connected(t, await client.another()), await newClient(t)];
    end(client.user);
    t.match(await whoami(client), { message: "Forgejo responded with 401" }, "the child's own error first");
    for (const flow of [client, second])
      await eventually(
        "the next request should be unauthorized",
        async () => (await whoami(flow)).outcome === "401 invalid_token",
      );
    for (const flow of [client, second]) t.equal(await flow.runStep("refresh"), "400 invalid_grant");
    t.match(await whoami(other), { outcome: "done", text: other.user });
  });
}

const suspensions = ["must-change-password", "two-factor-missing", "prohibited", "not-active"] as const;
t.test("nothing ends while a user is suspended, and calls say why", async (t) => {
  const suspend = async (state: (typeof suspensions)[number]) => {
    const client = await newClient(t);
    const second = await connected(t, await client.another());
    const works = (flow: ClientFlow) =>
      eventually("the call should succeed again", async () => {
        const { outcome, text } = await whoami(flow);
        if (outcome.startsWith("401")) throw new Error("the user must sign in again");
        return text === flow.user;
      });
    controls.setUserState(client.user, state);
    t.match(
      await whoami(client),
      { message: "Forgejo responded with 403" },
      `${state}: the child's own error first`,
    );
    const { message } = await eventually("calls should explain it", async () => {
      const failure = await whoami(client);
      return failure.message.includes("Forgejo says: ") ? failure : undefined;
    });
    t.match(message, "your connection is kept", state);
    t.equal(await client.runStep("refresh"), "done", "the client keeps its tokens");
    controls.setUserState(client.user, "normal");
    for (const flow of [client, second]) await works(flow);
  };
  await Promise.all(suspensions.map(suspend));
});

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
  controls.deleteApp(clientId);
  t.match(await whoami(client), { message: "Forgejo responded with 401" }, "the child's own error first");
  const failure = await eventually("calls should explain it", async () => {
    const { outcome, message } = await whoami(client);
    return message.includes("administrator") ? { outcome, message } : undefined;
  });
  t.match(failure, { outcome: "rpc:-32603", message: "Your connection is kept." });
});

t.test("no log holds a secret", async (t) => t.same(setup.secretsInLogs(), []));
