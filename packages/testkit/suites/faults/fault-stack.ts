import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "../../src/children/child-command.ts";
import { ChildHold } from "../../src/children/file-gate.ts";
import { startSandboxForgejo, type SandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { startStack, type PartName, type Stack, type StackOptions } from "../../src/stack/stack.ts";
import { Flow, type Step } from "./client-flow.ts";
import { LeftOvers } from "./leak-check.ts";
import type { McpTarget } from "./mcp-request.ts";
import { patiently } from "./eventually.ts";

export interface FaultRig {
  readonly forgejo: SandboxForgejo;
  readonly stack: Stack;
  readonly leftOvers: LeftOvers;
  /** For calls that a test has told of its file, and for starts of the default child. */
  readonly holds: { readonly calls: ChildHold; readonly starts: ChildHold };
  /** Everything that no log may hold; tests add what their clients get. */
  readonly secrets: Set<string>;
  /** MCP over the auth-server's gateway, or straight to the session-daemon as Caddy does it. */
  target(way: Way): McpTarget;
  /** A client of its own for a new person. */
  newFlow(way: Way): Promise<Flow>;
  /** One new flow for each step, just before it. */
  flowsAt(steps: readonly Step[], way: Way): Promise<Flow[]>;
  /** Resolves once the part that is killed now has been started again. */
  restarted(part: PartName): Promise<void>;
  /** The secrets that stand in a log, which is at debug level. Empty unless something is wrong. */
  secretsInLogs(): string[];
  /** The logs of both daemons and of Redis. */
  logs(): string[];
  close(): Promise<void>;
}

export type Way = "gateway" | "socket";

/** Steps that must ask Forgejo: what they rest on is at the end of its life by then. */
const agedSteps: ReadonlySet<Step> = new Set(["refresh", "initialize", "renewal"]);
const agedTokenSeconds = 8;
const usualTokenSeconds = 3600;
const people = 400;

/** Any JWT, such as Forgejo's own tokens. */
const jwt = /eyJ[\w-]+\.eyJ[\w-]*/g;

/**
 * Redis, both daemons and a sandbox Forgejo with many people. Bounds are as short as a busy machine allows, and logs at
 * debug level. No sweep helps to end what has lost its grant, unless told otherwise.
 */
export async function startFaultRig(
  options: Pick<StackOptions, "child" | "authServer" | "sessionDaemon"> = {},
): Promise<FaultRig> {
  await using opened = new AsyncDisposableStack();
  const forgejo = await startSandboxForgejo({ users: Array.from({ length: people }, (_, i) => newUser(i)) });
  opened.defer(() => forgejo.close());
  const dir = mkdtempSync(join(tmpdir(), "fjmcp-faults-"));
  opened.defer(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
  const holds = { calls: new ChildHold(join(dir, "calls")), starts: new ChildHold(join(dir, "starts")) };
  const echo = childCommand("echo", "--start-hold", holds.starts.file);
  const restarts: Record<PartName, number> = { redis: 0, authServer: 0, sessionDaemon: 0 };
  const stack = await startStack({
    child: options.child ?? { name: "echo", command: echo, env: "TOKEN={token}" },
    forgejo: async (redirectUri) => ({
      url: forgejo.url,
      ...(await forgejo.createApp({ name: "fjmcp", redirectUris: [redirectUri] })),
    }),
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
    fastStart: true,
    onRestarted: (part) => void (restarts[part] += 1),
  });
  opened.defer(() => stack.close());
  const leftOvers = new LeftOvers(stack);
  opened.defer(() => leftOvers.close());
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

  const target = (way: Way): McpTarget =>
    way === "gateway" ? { host, port: Number(port) } : { socketPath: stack.sockets.mcp };
  const newFlow = (way: Way) =>
    Flow.start({
      mcpUrl: stack.mcpUrl,
      forgejoUrl: forgejo.url,
      user: forgejo.users[nextUser++ % people]!,
      mcpTarget: target(way),
      secret: (value) => void secrets.add(value),
    });
  const logs = () => [stack.authServer, stack.sessionDaemon, stack.redis].map(({ logFile }) => read(logFile));
  return {
    forgejo,
    stack,
    leftOvers,
    holds,
    secrets,
    target,
    newFlow,
    async flowsAt(steps, way) {
      const flows = await Promise.all(steps.map(() => newFlow(way)));
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
      await patiently(`${part} should be started again`, () => restarts[part] > before);
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
  const name = `person${index}-${randomBytes(4).toString("hex")}`;
  return { name, password: randomBytes(12).toString("hex") };
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}
