import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { request } from "@fjmcp/testkit/mcp-client/http-client";
import { ScriptedOAuthClient } from "@fjmcp/testkit/oauth-client/scripted-oauth-client";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { sha256Hex } from "@fjmcp/shared/hash";
import { explainUsersResponse, revocationReasons, type RevocationReason } from "@fjmcp/shared/ipc/explain";
import { explanationOf } from "../src/explain/event-sentences.ts";
import { runCli } from "./support/run-cli.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const port = await freePort();
const stack = await startStack({
  forgejo: sandboxAccess(forgejo),
  authServer: {
    FJMCP_REFRESH_GRACE_SECONDS: "0",
    FJMCP_SIGN_IN_ORGANIZATIONS: "acme",
    FJMCP_METRICS_LISTEN: `127.0.0.1:${port}`,
  },
});
t.teardown(() => stack.close());
const redis = new Redis(stack.redis.unrestricted);
t.teardown(() => redis.disconnect());
const fjmcp = (...args: string[]) => runCli([...args, "--socket", stack.sockets.admin]);
const account = forgejo.users[1]!;
const accountId = String(account.id);
forgejo.controls.setTeams(account.name, ["acme/devs"]);

/** A connection of the account, by a client of its own. */
async function connect() {
  const client = await ScriptedOAuthClient.register(stack.mcpUrl, { metadata: { client_name: "Editor" } });
  const attempt = client.authorize();
  const user = new ScriptedUser(account);
  const back = await user.signInAndAllow(attempt.url, { stopAt: client.redirectUri });
  const code = back.searchParams.get("code")!;
  const { body } = await client.exchange(attempt, code);
  const [accessToken, refreshToken] = [String(body.access_token), String(body.refresh_token)];
  const { grantId } = JSON.parse((await redis.get(`token:access:${sha256Hex(accessToken)}`))!) as {
    grantId: string;
  };
  return { client, attempt, code, refreshToken, grantId };
}
type Connection = Awaited<ReturnType<typeof connect>>;

/** As when the last check of the user at Forgejo is a minute old: the next refresh checks again. */
const makeCheckDue = () => redis.hset(`upstream:${stack.forgejo.clientId}:${accountId}`, "checkedSec", 1);

/**
 * Refreshes until the check at Forgejo ends the grant. A worker that starts early may just have checked the user as they were
 * before: then that refresh does not.
 */
async function refreshUntilEnded({ client, refreshToken }: Connection): Promise<void> {
  let newest = refreshToken;
  await waitUntil("the check ends the grant", async () => {
    await makeCheckDue();
    const { status, body } = await client.refresh(newest);
    if (status === 200) newest = String(body.refresh_token);
    return status !== 200;
  });
}

async function openConnections() {
  const user = new ScriptedUser(account);
  let page = await user.visit(`${stack.issuer}/connections`);
  page = await page.submit({ button: "Sign in with Forgejo" });
  page = await page.submit({ fields: { user_name: account.name, password: account.password } });
  const button = { name: "granted", value: "true" };
  return { user, page: page.form({ button }) === undefined ? page : await page.submit({ button }) };
}

/** What ends a connection, and what its user reads of that. */
const causes: Record<RevocationReason, { end(connection: Connection): Promise<unknown>; text: RegExp }> = {
  client_request: {
    end: ({ client, refreshToken }) => client.revoke(refreshToken),
    text: /The application itself gave up its access/,
  },
  code_replay: {
    async end({ client, attempt, code }) {
      await redis.hincrby(`token:code:${sha256Hex(code)}`, "redeemedAtMs", -11_000);
      await client.exchange(attempt, code);
    },
    text: /Its sign-in was used twice.*Connect it again/,
  },
  refresh_replay: {
    async end({ client, refreshToken }) {
      await client.refresh(refreshToken);
      await client.refresh(refreshToken);
    },
    text: /It used an old key again.*Connect it again/,
  },
  disconnected: {
    async end({ grantId }) {
      const { user } = await openConnections();
      const page = await user.visit(`${stack.issuer}/connections/grants/${grantId}`);
      await page.submit({ button: "Disconnect" });
    },
    text: /You disconnected it on this page/,
  },
  upstream_invalid: {
    async end(connection) {
      forgejo.controls.revokeGrant(account.name, stack.forgejo.clientId);
      await refreshUntilEnded(connection);
    },
    text: /Forgejo ended this server’s access to your account. Connect it again/,
  },
  not_allowed: {
    async end(connection) {
      forgejo.controls.setTeams(account.name, []);
      await refreshUntilEnded(connection);
      forgejo.controls.setTeams(account.name, ["acme/devs"]);
    },
    text: /The administrator of this server no longer allows your account/,
  },
  administrator: {
    end: () => fjmcp("users", "end", account.name, "--yes"),
    text: /An administrator disconnected it/,
  },
  application_removed: {
    async end({ client, grantId, refreshToken }) {
      const grant = JSON.parse((await redis.get(`grant:${grantId}`))!) as object;
      const moved = { ...grant, forgejoClientId: "of-an-earlier-configuration" };
      await redis.set(`grant:${grantId}`, JSON.stringify(moved), "KEEPTTL");
      await client.refresh(refreshToken);
    },
    text: /The administrator changed how this server signs in to Forgejo. Connect it again/,
  },
  evicted: {
    async end({ grantId }) {
      for (let index = 0; index < 99; index += 1) {
        await redis.copy(`grant:${grantId}`, `grant:${grantId}-${index}`);
        await redis.zadd(`account-grants:${accountId}`, 9_999_999_999, `${grantId}-${index}`);
      }
      await connect();
    },
    text: /Your account had too many connections, and this one was used least recently/,
  },
};

async function count(reason: RevocationReason): Promise<number> {
  const { text } = await request({ host: "127.0.0.1", port }, { method: "GET", path: "/metrics" });
  const sample = new RegExp(`^fjmcp_grants_revoked_total{reason="${reason}",.*} (\\d+)$`, "m");
  return Number(sample.exec(text)![1]);
}

/** The lines of the log about the end of this grant. */
const revocations = (grantId: string) =>
  readFileSync(stack.authServer.logFile, "utf8")
    .split("\n")
    .filter((line) => line.includes('"event":"grant.revoked"') && line.includes(`"grantId":"${grantId}"`));

for (const reason of revocationReasons) {
  t.test(
    `${reason} is a metric, an audit event, and a sentence for client, user and administrator`,
    async (t) => {
      await redis.flushdb();
      const connection = await connect();
      const { client, grantId, refreshToken } = connection;
      const before = await count(reason);
      await causes[reason].end(connection);

      // The worker that starts early may be the one whose check ends the grant.
      await waitUntil("the grant is revoked", () => revocations(grantId).length > 0);
      t.equal((await count(reason)) - before, 1, "the metric");
      const lines = revocations(grantId);
      t.equal(lines.length, 1, "the audit");
      t.match(JSON.parse(lines[0]!), { reason, accountId });
      t.match(await client.refresh(refreshToken), {
        status: 400,
        body: { error: "invalid_grant", error_description: /This connection has ended.*Connect again/ },
      });
      const { stdout } = await fjmcp("explain", account.name);
      const { json } = await fjmcp("explain", account.name, "--json");
      const { events } = explainUsersResponse.parse(json).users[0]!;
      const ended = events.find((event) => event.kind === "ended");
      t.match(ended, { reason, clientName: "Editor" });
      const sentence = explanationOf(ended!).what;
      t.ok(stdout.includes(`): ${sentence}`), sentence);
      t.match((await openConnections()).page.text, causes[reason].text, "what the user reads");
    },
  );
}
