import t from "tap";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { controlPaths, listWorkersResponse } from "@fjmcp/shared/ipc/control";
import { childCommand } from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { ScriptedOAuthClient } from "../../src/oauth-client/scripted-oauth-client.ts";
import { childrenOf } from "../../src/process/process-children.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";

const users = Array.from({ length: 12 }, (_, i) => ({ name: `user${i}`, password: `password-of-${i}` }));
const forgejo = await startSandboxForgejo({ users });
t.teardown(() => forgejo.close());
const stack = await startStack({
  forgejo: sandboxAccess(forgejo),
  child: { name: "echo", command: childCommand("echo"), env: "TOKEN={token}" },
  // The sweep would end what a race has left.
  sessionDaemon: { FJMCP_SWEEP_SECONDS: "3600" },
});
t.teardown(() => stack.close());

async function workers() {
  const { sockets } = stack;
  const list = await callIpc({
    socketPath: sockets.control,
    path: controlPaths.workers,
    schema: listWorkersResponse,
    timeoutMs: 60_000,
  });
  return list.workers;
}

/** A client with a code; `redeem` resolves with the access token. */
async function signedIn(user: ScriptedUser) {
  const client = await ScriptedOAuthClient.register(stack.mcpUrl);
  const attempt = client.authorize();
  const redirect = await user.signInAndAllow(attempt.url, { stopAt: client.redirectUri });
  const code = redirect.searchParams.get("code")!;
  const redeem = async () => String((await client.exchange(attempt, code)).body.access_token);
  return { client, redeem };
}

t.test("grants that are revoked right after their code was redeemed leave no worker", async (t) => {
  const clients = await Promise.all(forgejo.users.map((user) => signedIn(new ScriptedUser(user))));
  await Promise.all(
    clients.map(async ({ client, redeem }) => {
      t.equal((await client.revoke(await redeem())).status, 200);
    }),
  );
  const last = await signedIn(new ScriptedUser(forgejo.users[0]!));
  const token = await last.redeem();
  await waitUntil("the last grant should have a worker", async () => (await workers()).length > 0);
  await waitUntil("no other should be left", async () => (await workers()).length === 1);
  await waitUntil("no other process should be", () => childrenOf(stack.sessionDaemon.pid).length === 1);
  t.equal((await last.client.revoke(token)).status, 200);
  await waitUntil("its worker should end", () => childrenOf(stack.sessionDaemon.pid).length === 0);
});
