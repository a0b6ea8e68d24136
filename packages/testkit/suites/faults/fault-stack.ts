import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "../../src/children/child-command.ts";
import { FileGate } from "../../src/children/file-gate.ts";
import { startSandboxForgejo, type SandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { sandboxAccess } from "../../src/stack/sandbox-access.ts";
import { startStack, type PartName, type Stack, type StackOptions } from "../../src/stack/stack.ts";
import { ClientFlow, type Step } from "./client-flow.ts";
import { LeakCheck } from "./leak-check.ts";
import type { HttpTarget } from "../../src/mcp-client/http-client.ts";
import { eventually } from "./eventually.ts";

export interface FaultStack {
  readonly forgejo: SandboxForgejo;
  readonly stack: Stack;
  readonly leaks: LeakCheck;
  /** For calls that name the file of `calls`, and for starts of the default child. */
  readonly gates: { readonly calls: FileGate; readonly starts: FileGate };
  /** Values that no log may contain; tests add what their clients receive. */
  readonly secrets: Set<string>;
  /** MCP through the auth-server's gateway, or directly to the session-daemon's socket, as Caddy does. */
  target(route: Route): HttpTarget;
  /** A new user with a client of its own. */
  newFlow(route: Route): Promise<ClientFlow>;
  /** One new flow per step, with all steps before it done. */
  flowsAt(steps: readonly Step[], route: Route): Promise<ClientFlow[]>;
  /** Resolves once the part has been restarted; call it before the part is killed. */
  restarted(part: PartName): Promise<void>;
  /** The secrets that appear in a log. Throws unless the logs are at debug level. */
  secretsInLogs(): string[];
  /** The logs of both daemons and of Redis. */
  logs(): string[];
  close(): Promise<void>;
}

export type Route = "gateway" | "socket";

/** Steps that must request a token from Forgejo: the token that they would use has almost expired by then. */
const agedSteps: ReadonlySet<Step> = new Set(["refresh", "initialize", "renewal"]);
const agedTokenSeconds = 8;
const usualTokenSeconds = 3600;
const userCount = 400;

/** Any JWT, such as Forgejo's own tokens. */
const jwt = /eyJ[\w-]+\.eyJ[\w-]*/g;

/**
 * Redis, both daemons and a sandbox Forgejo with many users. Timeouts are as short as a busy machine allows, and logs are
 * at debug level. The session-daemon does not sweep within the test's time unless `sessionDaemon` sets it otherwise.
 */
export async function startFaultStack(
  options: Pick<StackOptions, "child" | "authServer" | "sessionDaemon"> & {
    /** Whether there is a second application in Forgejo. */
    readonly readOnlyApplication?: boolean;
  } = {},
): Promise<FaultStack> {
  await using opened = new AsyncDisposableStack();
  const forgejo = await startSandboxForgejo({
    users: Array.from({ length: userCount }, (_, i) => newUser(i)),
  });
  opened.defer(() => forgejo.close());
  const dir = mkdtempSync(join(tmpdir(), "fjmcp-faults-"));
  opened.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  const gates = { calls: new FileGate(join(dir, "calls")), starts: new FileGate(join(dir, "starts")) };
  const echo = childCommand("echo", "--start-hold", gates.starts.file);
  const restarts: Record<PartName, number> = { redis: 0, authServer: 0, sessionDaemon: 0 };
  const stack = await startStack({
    child: options.child ?? { name: "echo", command: echo, env: "TOKEN={token}" },
    forgejo: sandboxAccess(forgejo, { readOnly: options.readOnlyApplication === true }),
    authServer: {
      FJMCP_FORGEJO_TIMEOUT_SECONDS: "15",
      FJMCP_LOG_LEVEL: "debug",
      ...options.authServer,
    },
    sessionDaemon: {
      FJMCP_LOG_LEVEL: "debug",
      FJMCP_START_SECONDS: "20",
      FJMCP_REQUEST_SECONDS: "15",
      FJMCP_SWEEP_SECONDS: "3600",
      ...options.sessionDaemon,
    },
    onRestarted: (part) => void (restarts[part] += 1),
  });
  opened.defer(() => stack.close());
  const leaks = new LeakCheck(stack);
  opened.defer(() => leaks.close());
  const passwords = [stack.redis.unrestricted, stack.redis.authServer, stack.redis.sessionDaemon];
  const keys = ["vault_key", "cookie_key", "derivation_key"].map((name) =>
    read(join(stack.dir, name)).trim(),
  );
  const secrets = new Set<string>([
    stack.forgejo.clientSecret,
    ...passwords.map(({ password }) => password),
    ...keys,
  ]);
  const closing = opened.move();
  const { hostname: host, port } = new URL(stack.issuer);
  let nextUser = 0;

  const target = (route: Route): HttpTarget =>
    route === "gateway" ? { host, port: Number(port) } : { socketPath: stack.sockets.mcp };
  const newFlow = (route: Route) =>
    ClientFlow.start({
      mcpUrl: stack.mcpUrl,
      forgejoUrl: forgejo.url,
      user: forgejo.users[nextUser++ % userCount]!,
      mcpTarget: target(route),
      secret: (value) => void secrets.add(value),
    });
  const logs = () => [stack.authServer, stack.sessionDaemon, stack.redis].map(({ logFile }) => read(logFile));
  return {
    forgejo,
    stack,
    leaks,
    gates,
    secrets,
    target,
    newFlow,
    async flowsAt(steps, route) {
      const flows = await Promise.all(steps.map(() => newFlow(route)));
      const prepare = (aged: boolean) =>
        Promise.all(
          flows.flatMap((flow, i) => (agedSteps.has(steps[i]!) === aged ? [flow.prepare(steps[i]!)] : [])),
        );
      forgejo.controls.setAccessTokenSeconds(agedTokenSeconds);
      await prepare(true);
      forgejo.controls.setAccessTokenSeconds(usualTokenSeconds);
      const ageMs = steps.some((step) => agedSteps.has(step)) ? agedTokenSeconds * 1000 : 0;
      await Promise.all([prepare(false), sleep(ageMs)]);
      return flows;
    },
    async restarted(part) {
      const before = restarts[part];
      await eventually(`${part} should be started again`, () => restarts[part] > before);
    },
    logs,
    secretsInLogs() {
      const all = logs().join("\n");
      if (!all.includes('"level":"debug"')) throw new Error("The log is not at debug level");
      return [...[...secrets].filter((secret) => all.includes(secret)), ...(all.match(jwt) ?? [])];
    },
    close: () => closing.disposeAsync(),
  };
}

function newUser(index: number) {
  const name = `user${index}-${randomBytes(4).toString("hex")}`;
  return { name, password: randomBytes(12).toString("hex") };
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
