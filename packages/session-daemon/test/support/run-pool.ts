import { createWorkerPool } from "../../src/worker/pool/create-worker-pool.ts";
import type { WorkerPoolDeps } from "../../src/worker/pool/worker-pool-deps.ts";
import { ChildTools } from "../../src/policy/child-tools.ts";
import { readChildCommand } from "../../src/worker/command/child-command.ts";
import { ChildEraMemory } from "../../src/worker/mcp-client/child-era-memory.ts";
import type { UpstreamTokenSource } from "../../src/worker/pool/upstream-token-source.ts";
import { CallError, type Call, type ListKind } from "../../src/worker/call.ts";
import { noGrantClients } from "../../src/worker/grant-clients.ts";
import type { WorkerPool } from "../../src/worker/worker-pool.ts";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { createLog, type Log } from "@fjmcp/shared/log";
import type { AuthenticatedCaller } from "../../src/auth/authenticated-caller.ts";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

/** The Forgejo token that children get unless a test says otherwise. */
export const forgejoToken = "forgejo-token-of-this-test-0123456789";

export const givesToken: UpstreamTokenSource = async () => lasting(3600);

/** The auth-server's response with a token that is issued at `nowMs` and lasts for so many seconds. */
export function lasting(seconds: number, token = forgejoToken, nowMs = Date.now()) {
  const nowSec = nowMs / 1000;
  return { status: "ok" as const, token, issuedAtSec: nowSec, expiresAtSec: nowSec + seconds };
}

/** Of a pool whose test does not say otherwise. */
export const poolDefaults = {
  /** Another for each pool. Most tests are about children that begin with `initialize`. */
  get childEra() {
    const memory = new ChildEraMemory();
    memory.set("sessions");
    return memory;
  },
  forgejoUrl: "http://127.0.0.1:1",
  environment: process.env,
  sandbox: { kind: "none", reason: "the tests look at the process itself" },
  readPaths: [],
  memoryLimitMiB: 1024,
  childSha256: undefined,
  cgroups: undefined,
  hasToolTable: () => false,
  maxWorkers: 50,
  maxWorkersPerAccount: 8,
  idleTimeoutMs: 60_000,
  startTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  queueTimeoutMs: 60_000,
  maxLineBytes: 16 * 1024 * 1024,
  userCheckPauseMs: 10_000,
  upstreamTokens: givesToken,
  userCheck: async () => ({ status: "ok" }),
  childTools: new ChildTools("none", () => undefined),
  onListStale: () => undefined,
  sessionClients: undefined,
  clock: Date.now,
} satisfies Partial<WorkerPoolDeps>;

export interface TestPool {
  readonly pool: WorkerPool;
  readonly runtimeDir: string;
  readonly listChanges: [GrantId, ListKind][];
}

/** A pool that ends with the test. */
export function runPool(
  t: { teardown(end: () => unknown): void },
  child: { command: string; env?: string },
  deps: Partial<WorkerPoolDeps> = {},
): TestPool {
  const runtimeDir = deps.runtimeDir ?? temporaryDirectory(t);
  const listChanges: [GrantId, ListKind][] = [];
  const pool = createWorkerPool({
    child: readChildCommand(child.command, child.env ?? ""),
    ...poolDefaults,
    clients: {
      ...noGrantClients,
      onListChanged: (grantId, kind) => void listChanges.push([grantId, kind]),
    },
    log: createLog("test", "fatal"),
    ...deps,
    runtimeDir,
  });
  t.teardown(() => pool.stop(0));
  return { pool, runtimeDir, listChanges };
}

/** A caller with a grant; every name makes another. */
export function caller(grant = "grant", account = "1", client = "client"): AuthenticatedCaller {
  return {
    grantId: branded<GrantId>().parse(grant),
    accountId: branded<AccountId>().parse(account),
    clientId: branded<ClientId>().parse(client),
    accessToken: `access-token-of-${grant}`,
  };
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  // oxlint-disable-next-line typescript/no-explicit-any -- any result of a child
  readonly result?: any;
  readonly error?: { code: number; message: string };
}

export interface RunningCall {
  readonly call: Call;
  readonly notifications: Message[];
  /** The text of the whole response; rejects with CallError. */
  readonly text: Promise<string>;
  readonly response: Promise<Message>;
}

/** Any request of a client. */
export function request(
  pool: WorkerPool,
  who: AuthenticatedCaller,
  method: string,
  params?: Record<string, unknown>,
  idJson = "1",
): RunningCall {
  const notifications: Message[] = [];
  let call: Call | undefined;
  const text = new Promise<string>((resolve, reject) => {
    call = pool.call(
      who,
      { idJson, method, params },
      {
        notification: (message) => notifications.push(JSON.parse(message.toString()) as Message),
        response: (chunks) => resolve(Buffer.concat(chunks).toString()),
        failed: (error: CallError) => reject(error),
      },
    );
  });
  text.catch(() => undefined);
  const response = text.then((whole) => JSON.parse(whole) as Message);
  response.catch(() => undefined);
  return { call: call as unknown as Call, notifications, text, response };
}

/** A tool of a child. */
export function useTool(
  pool: WorkerPool,
  who: AuthenticatedCaller,
  name: string,
  args: Record<string, unknown> = {},
  idJson = "1",
): RunningCall {
  return request(pool, who, "tools/call", { name, arguments: args }, idJson);
}

/** The text of a tool's result. */
export async function toolText(running: RunningCall): Promise<string> {
  const { result, error } = await running.response;
  if (error !== undefined) throw new Error(error.message);
  return result.content[0].text as string;
}

/** The id on the wire of the next call, for a stub child without calls in flight. */
export async function nextId(pool: WorkerPool, who: AuthenticatedCaller): Promise<number> {
  const lines = JSON.parse(await toolText(useTool(pool, who, "lines"))) as string[];
  return Math.max(...lines.map((line) => (JSON.parse(line) as { id?: number }).id ?? 0)) + 1;
}

/** A log that keeps its lines. */
export function keptLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const keep = (...event: unknown[]) => void lines.push(JSON.stringify(event));
  const log = {
    isLevelEnabled: () => true,
    trace: keep,
    debug: keep,
    info: keep,
    warn: keep,
    error: keep,
    child: () => log,
  };
  return { log: log as unknown as Log, lines };
}

/** The CallError that the promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<CallError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CallError) return error;
  throw new Error("did not fail with a CallError", { cause: error });
}
