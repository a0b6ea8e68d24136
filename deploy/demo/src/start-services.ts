import { userAgent } from "@fjmcp/shared/user-agent";
import { forgejoMcp, giteaMcp, type ChildConfiguration } from "@fjmcp/testkit/children/child-command";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { startStack, type ForgejoAccess, type Stack } from "@fjmcp/testkit/stack/stack";
import { startPrivateRedis } from "@fjmcp/testkit/redis/private-redis";
import type { DemoOptions, Login } from "./demo-arguments.ts";
import type { Reporter } from "./reporter.ts";
import type { Outcome, StepRunner } from "./step-runner.ts";

export interface Services {
  readonly stack: Stack;
  readonly logins: readonly Login[];
}

/** Steps redis, forgejo, daemons. Defers the end of each service on `deps.opened`; `deps.stop` aborts a start. */
export async function startServices(
  options: DemoOptions,
  run: StepRunner,
  reporter: Reporter,
  deps: { opened: AsyncDisposableStack; logDir: string; stop: AbortSignal },
): Promise<Services> {
  const { opened, logDir, stop } = deps;
  const child = options.child ?? installedChild(reporter);
  const redis = await run.step("redis", async () => {
    const value = await startPrivateRedis({ appendOnly: true, signal: stop });
    opened.defer(() => value.close());
    return { value, text: "a private redis-server, with the two users of deploy/redis.acl" };
  });
  const listen = options.listen ?? `127.0.0.1:${await freePort()}`;
  const issuer = options.issuer ?? `http://${listen}`;
  const { access, logins } = await run.step("forgejo", () =>
    options.forgejo === undefined
      ? startSandbox(`${issuer}/oauth/callback`, opened)
      : reachForgejo(options.forgejo, `${issuer}/oauth/callback`),
  );
  const stack = await run.step("daemons", async () => {
    const value = await startStack({
      issuer,
      listen,
      forgejo: () => access,
      redis,
      child,
      programs: options.programs,
      logDir,
      onRestarted: (part, pid) => reporter.restarted(part, pid),
      signal: stop,
    });
    opened.defer(() => value.close());
    return { value, text: `auth-server and session-daemon, at ${issuer}, with ${child.name}` };
  });
  return { stack, logins };
}

function installedChild(reporter: Reporter): ChildConfiguration {
  const installed = forgejoMcp({ PATH: process.env.PATH });
  if (installed !== undefined) return installed;
  reporter.note(
    "There is no forgejo-mcp on PATH, so gitea-mcp is the child. Install forgejo-mcp with:\n" +
      "  go install git.b4mad.industries/agentic-forges/forgejo-mcp/v2@v2.34.1\n" +
      '  export PATH="$PATH:$(go env GOPATH)/bin"\n',
  );
  return giteaMcp();
}

async function startSandbox(
  redirectUri: string,
  opened: AsyncDisposableStack,
): Promise<Outcome<{ access: ForgejoAccess; logins: readonly Login[] }>> {
  const sandbox = await startSandboxForgejo();
  opened.defer(() => sandbox.close());
  const access = await sandboxAccess(sandbox)(redirectUri);
  const logins = sandbox.users.map(({ name, password }) => ({ name, password }));
  const users = logins.map(({ name }) => name).join(" and ");
  return {
    value: { access, logins },
    text: `a sandbox at ${sandbox.url}, with ${users}`,
  };
}

async function reachForgejo(
  { access, logins }: NonNullable<DemoOptions["forgejo"]>,
  redirectUri: string,
): Promise<Outcome<{ access: ForgejoAccess; logins: readonly Login[] }>> {
  const response = await fetch(`${access.url}/.well-known/openid-configuration`, {
    headers: { "user-agent": userAgent },
    signal: AbortSignal.timeout(10_000),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(
      `${access.url} does not offer OAuth2: its openid-configuration responds with ${response.status}`,
    );
  }
  return {
    value: { access, logins },
    text: `${access.url}; its application's redirect URI must be ${redirectUri}`,
  };
}
