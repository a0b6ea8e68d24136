import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { request } from "../../src/mcp-client/http-client.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack } from "../../src/stack/stack.ts";
import type { ClientDriver, StartClient } from "./client-driver.ts";
import { buildGoClients, goClient } from "./go-client.ts";
import { inspectorCli } from "./inspector-cli.ts";
import { startMcpRemote, startMcpRemoteWithDeviceCode } from "./mcp-remote.ts";
import { startSdkV1 } from "./sdk-v1.ts";
import { sdkV2 } from "./sdk-v2.ts";
import { UserBrowser } from "./user-browser.ts";

// Real clients, each with a user of its own, go through the same events at the same time.

const accessTokenSeconds = 20;
/** How much longer the auth-server accepts an access token. */
const leewaySeconds = 10;

const clients: Readonly<Record<string, StartClient>> = {
  "SDK v1": startSdkV1,
  "SDK v2 (auto)": sdkV2("auto"),
  "SDK v2 (legacy)": sdkV2("legacy"),
  "SDK v2 (modern)": sdkV2({ pin: "2026-07-28" }),
  "mcp-remote": startMcpRemote,
  "mcp-remote --device-code": startMcpRemoteWithDeviceCode,
  "Inspector --cli (legacy)": inspectorCli("legacy"),
  "Inspector --cli (modern)": inspectorCli("modern"),
  "Go SDK": goClient("go-sdk"),
  "mcp-go": goClient("mcp-go"),
};

const names = Object.keys(clients);
const users = names.map((_, index) => ({ name: `user${index}`, password: `password of ${index}` }));
const opened = new AsyncDisposableStack();
t.teardown(() => opened.disposeAsync());
const forgejo = await startSandboxForgejo({ users });
opened.defer(() => forgejo.close());
let restarted = Promise.withResolvers<void>();
const stack = await startStack({
  forgejo: sandboxAccess(forgejo),
  authServer: { FJMCP_ACCESS_TOKEN_SECONDS: String(accessTokenSeconds) },
  fastStart: true,
  onRestarted: () => restarted.resolve(),
});
opened.defer(() => stack.close());
const homes = await mkdtemp(join(tmpdir(), "fjmcp-clients-"));
opened.defer(() => rm(homes, { recursive: true, force: true, maxRetries: 3 }));
const goReason = await buildGoClients();

interface SignedIn {
  readonly name: string;
  readonly driver: ClientDriver;
  readonly browser: UserBrowser;
}
const signedIn: SignedIn[] = [];

/** The same for every client, at the same time; one test each. */
function eachClient(t: Test, what: string, step: (t: Test, client: SignedIn) => Promise<void>) {
  return Promise.all(signedIn.map((client) => t.test(`${client.name} ${what}`, (t) => step(t, client))));
}

async function readsAsUser(t: Test, { driver, browser }: SignedIn) {
  t.match(await driver.callTool("user__get_my_userinfo", {}), `"login": "${browser.userName}"`);
}

t.test("a first sign-in", { jobs: names.length }, async (t) => {
  const steps = names.map((name, index) => {
    const isGo = clients[name] === clients["Go SDK"] || clients[name] === clients["mcp-go"];
    const skip = isGo && goReason !== undefined && goReason;
    return t.test(`${name} signs in, lists the tools, reads and writes`, { skip }, async (t) => {
      const browser = new UserBrowser(new ScriptedUser(forgejo.users[index]!));
      opened.defer(() => browser.close());
      const home = join(homes, `user${index}`);
      await mkdir(home);
      const connect = async () => {
        const driver = await clients[name]!({ mcpUrl: stack.mcpUrl, browser, home });
        opened.defer(() => driver.close());
        t.ok((await driver.listTools()).includes("issue__create"), "the tools are listed");
        return driver;
      };
      const driver = await connect();
      const client = { name, driver, browser };
      await readsAsUser(t, client);
      const repository = { owner: browser.userName, repo: "welcome" };
      await driver.callTool("issue__create", { ...repository, title: `Written by ${name}` });
      t.match(await driver.callTool("issue__list", repository), `Written by ${name}`);
      t.equal(browser.signIns, 1, "the user has signed in once");
      signedIn.push(client);
    });
  });
  await Promise.all(steps);
});

t.test("a restart of the session-daemon", { jobs: names.length }, async (t) => {
  restarted = Promise.withResolvers();
  await stack.sessionDaemon.kill("SIGKILL");
  await restarted.promise;
  await eachClient(t, "goes on without another sign-in", async (t, client) => {
    await readsAsUser(t, client);
    t.equal(client.browser.signIns, 1);
  });
});

t.test("expired access tokens", { jobs: names.length }, async (t) => {
  await sleep((accessTokenSeconds + leewaySeconds) * 1000);
  await eachClient(t, "refreshes its token without another sign-in", async (t, client) => {
    await readsAsUser(t, client);
    t.equal(client.browser.signIns, 1);
  });
});

t.test("revoked access", { jobs: names.length }, async (t) => {
  for (const { id } of forgejo.users.filter(({ name }) =>
    signedIn.some((c) => c.browser.userName === name),
  )) {
    const body = JSON.stringify({ accountId: String(id) });
    const headers = { "content-type": "application/json" };
    const target = { socketPath: stack.sockets.admin };
    const reply = await request(target, { path: "/users/end", headers, body });
    t.equal(reply.status, 200, reply.text);
  }
  await eachClient(t, "lets its user sign in again", async (t, client) => {
    try {
      await readsAsUser(t, client);
    } catch (error) {
      t.comment(`${client.name} shows: ${(error as Error).message}`);
      await client.driver.restart();
      await readsAsUser(t, client);
    }
    // A client that has forgotten the second sign-in asks for a third one when it starts anew.
    t.ok([2, 3].includes(client.browser.signIns), `${client.browser.signIns} sign-ins`);
    t.equal(client.browser.failure, undefined);
  });
});
