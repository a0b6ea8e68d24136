import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listUsersResponse } from "@fjmcp/shared/ipc/admin";
import type { Test } from "tap";
import { startSandboxForgejo, type SandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { request } from "../mcp-client/http-client.ts";
import { ScriptedUser } from "../scripted-user/scripted-user.ts";
import { sandboxAccess } from "../stack/sandbox-access.ts";
import { startStack, type Stack } from "../stack/stack.ts";
import type { ClientDriver, StartClient } from "./client-driver.ts";
import { UserBrowser } from "./user-browser.ts";

/** A client under test. */
export interface TestedClient {
  readonly name: string;
  readonly start: StartClient;
  /** Why it is not driven. */
  readonly skip?: string | false;
}

const accessTokenSeconds = 20;
/** How much longer the auth-server accepts an access token. */
const leewaySeconds = 10;

interface SignedIn {
  readonly name: string;
  readonly driver: ClientDriver;
  readonly browser: UserBrowser;
}

/**
 * Puts clients, each with a user of its own, through the same events at the same time: the first sign-in, a read and a
 * write, a killed session-daemon, an expired access token, revoked access, signing out. Starts a Forgejo and a stack for them.
 */
export async function driveClients(t: Test, clients: readonly TestedClient[]): Promise<void> {
  const opened = new AsyncDisposableStack();
  t.teardown(() => opened.disposeAsync());
  const users = clients.map((_, index) => ({ name: `user${index}`, password: `password of ${index}` }));
  const forgejo = await startSandboxForgejo({ users });
  opened.defer(() => forgejo.close());
  let restarted = Promise.withResolvers<void>();
  const stack = await startStack({
    forgejo: sandboxAccess(forgejo),
    authServer: { FJMCP_ACCESS_TOKEN_SECONDS: String(accessTokenSeconds) },
    onRestarted: () => restarted.resolve(),
  });
  opened.defer(() => stack.close());
  const homes = await mkdtemp(join(tmpdir(), "fjmcp-clients-"));
  opened.defer(() => rm(homes, { recursive: true, force: true, maxRetries: 3 }));
  const signedIn: SignedIn[] = [];
  const jobs = clients.length;

  await t.test("each client signs in", { jobs }, async (t) => {
    const steps = clients.map(({ name, start, skip = false }, index) =>
      t.test(`${name} signs in, lists the tools, reads and writes`, { skip }, async (t) => {
        const browser = new UserBrowser(new ScriptedUser(forgejo.users[index]!));
        opened.defer(() => browser.close());
        const home = join(homes, `user${index}`);
        await mkdir(home);
        const driver = await start({ mcpUrl: stack.mcpUrl, browser, home });
        opened.defer(() => driver.close());
        const client = { name, driver, browser };
        await listsReadsAndWrites(t, client);
        signedIn.push(client);
      }),
    );
    await Promise.all(steps);
  });
  if (signedIn.length === 0) return;

  await t.test("each session survives a restart of the session-daemon", { jobs }, async (t) => {
    restarted = Promise.withResolvers();
    await stack.sessionDaemon.kill("SIGKILL");
    await restarted.promise;
    await eachClient(t, signedIn, "goes on without another sign-in", readsWithoutSignIn);
  });

  await t.test("each client replaces an expired access token", { jobs }, async (t) => {
    await sleep((accessTokenSeconds + leewaySeconds) * 1000);
    await eachClient(t, signedIn, "refreshes its token without another sign-in", readsWithoutSignIn);
  });

  await t.test("each client recovers from a revocation of its access", { jobs }, async (t) => {
    await endAccess(t, stack, forgejo, signedIn);
    await eachClient(t, signedIn, "lets its user sign in again", signsInAgain);
  });

  const withSignOut = signedIn.filter(({ driver }) => driver.signOut !== undefined);
  if (withSignOut.length === 0) return;
  await t.test("each client signs out", { jobs }, async (t) => {
    await eachClient(t, withSignOut, "clears its tokens", (t, client) => signsOut(t, stack, client));
  });
}

/** The same for every client, at the same time; one test each. */
function eachClient(
  t: Test,
  clients: readonly SignedIn[],
  what: string,
  step: (t: Test, client: SignedIn) => Promise<void>,
) {
  return Promise.all(clients.map((client) => t.test(`${client.name} ${what}`, (t) => step(t, client))));
}

async function listsReadsAndWrites(t: Test, client: SignedIn) {
  const { name, driver, browser } = client;
  t.ok((await driver.listTools()).includes("issue__create"), "the tools are listed");
  await readsAsUser(t, client);
  const repository = { owner: browser.userName, repo: "welcome" };
  const issue = await driver.callTool("issue__create", { ...repository, title: `Written by ${name}` });
  const written = driver.failsOnLists
    ? driver.callTool("issue__get_by_index", { ...repository, index: numberOf(issue) })
    : driver.callTool("issue__list", repository);
  t.match(await written, `Written by ${name}`);
  t.equal(browser.signIns, 1, "the user has signed in once");
}

function numberOf(issue: string): number {
  const [, number] = /"number": ?(\d+)/.exec(issue) ?? [];
  if (number === undefined) throw new Error(`No number in: ${issue}`);
  return Number(number);
}

async function readsWithoutSignIn(t: Test, client: SignedIn) {
  await readsAsUser(t, client);
  t.equal(client.browser.signIns, 1);
}

async function signsInAgain(t: Test, client: SignedIn) {
  try {
    await readsAsUser(t, client);
  } catch (error) {
    t.comment(`${client.name} shows: ${(error as Error).message}`);
    await client.driver.restart();
    await readsAsUser(t, client);
  }
  const { signIns } = client.browser;
  t.ok(signIns === 2 || (signIns === 3 && client.driver.forgetsSignIns), `${signIns} sign-ins`);
  t.equal(client.browser.failure, undefined);
}

async function readsAsUser(t: Test, { driver, browser }: SignedIn) {
  t.match(await driver.callTool("user__get_my_userinfo", {}), new RegExp(`"login": ?"${browser.userName}"`));
}

async function signsOut(t: Test, stack: Stack, { driver: { signOut }, browser }: SignedIn) {
  const before = await grantsOf(stack, browser.userName);
  await signOut!.run();
  const revoked = (await grantsOf(stack, browser.userName)) < before;
  t.equal(revoked, signOut!.revokes, signOut!.revokes ? "the grant has ended" : "the grant lives on");
}

async function grantsOf(stack: Stack, login: string): Promise<number> {
  const reply = await request(
    { socketPath: stack.sockets.admin },
    { method: "GET", path: `/users?find=${login}` },
  );
  return listUsersResponse.parse(JSON.parse(reply.text)).users[0]?.grants ?? 0;
}

/** As an administrator does with `fjmcp users end`. */
async function endAccess(t: Test, stack: Stack, forgejo: SandboxForgejo, clients: readonly SignedIn[]) {
  const names = new Set(clients.map(({ browser }) => browser.userName));
  for (const { id } of forgejo.users.filter(({ name }) => names.has(name))) {
    const reply = await request(
      { socketPath: stack.sockets.admin },
      {
        path: "/users/end",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ accountId: String(id) }),
      },
    );
    t.equal(reply.status, 200, reply.text);
  }
}
