import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@fjmcp/shared/clock";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { createLog } from "@fjmcp/shared/log";
import { findProgram } from "@fjmcp/shared/process/find-executable";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import { ChildTools } from "../policy/child-tools.ts";
import { ChildEraMemory } from "../worker/mcp-client/child-era-memory.ts";
import { maxPages } from "../worker/mcp-client/read-list.ts";
import { noGrantClients } from "../worker/grant-clients.ts";
import { createWorkerPool } from "../worker/pool/create-worker-pool.ts";
import { chooseSandbox, type SandboxChoice } from "../worker/sandbox/sandbox-choice.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import type { CheckChildRequest } from "./command-line.ts";

const caller = {
  grantId: branded<GrantId>().parse("check-child"),
  accountId: branded<AccountId>().parse("check-child"),
  clientId: branded<ClientId>().parse("check-child"),
  accessToken: "check-child",
};
const timeoutMs = 60_000;

/** What a child says about itself and its tools. */
export interface InspectedChild {
  readonly name: string;
  readonly version: string;
  /** As it lists them. */
  readonly tools: readonly unknown[];
  /** What it ran in. */
  readonly sandbox: SandboxChoice;
}

/**
 * Starts the child in one worker as the session-daemon does, in a sandbox where that works, and reads the list of its tools.
 * Rejects with CallError when it does not start or respond, and with an Error when there is no such program, or no sandbox
 * though one is required; its stderr is in the log on stderr.
 */
export async function inspectChild(request: CheckChildRequest, clock: Clock): Promise<InspectedChild> {
  const path = request.child.env.PATH ?? process.env.PATH;
  const program = findProgram(request.child.argv[0], process.cwd(), path);
  if (program === undefined) throw new Error(`there is no executable ${request.child.argv[0]}`);
  const { sandboxMode: mode, readPaths } = request;
  const sandbox = await chooseSandbox({ mode, program, readPaths, bwrapPath: process.env.PATH, path });
  if (mode === "required" && sandbox.kind === "none") throw new Error(sandbox.reason);
  const [, ...words] = request.child.argv;
  const child = { ...request.child, argv: [program, ...words] as const };
  return { ...(await inspectInSandbox({ ...request, child }, sandbox, clock)), sandbox };
}

async function inspectInSandbox(
  request: CheckChildRequest,
  sandbox: SandboxChoice,
  clock: Clock,
): Promise<Omit<InspectedChild, "sandbox">> {
  const runtimeDir = mkdtempSync(join(tmpdir(), "fjmcp-check-child-"));
  const pool = createWorkerPool({
    childEra: new ChildEraMemory(),
    child: request.child,
    forgejoUrl: request.url,
    runtimeDir,
    environment: process.env,
    sandbox,
    readPaths: request.readPaths,
    memoryLimitMiB: undefined,
    childSha256: undefined,
    cgroups: undefined,
    hasToolTable: () => false,
    maxWorkers: 1,
    maxWorkersPerAccount: 1,
    idleTimeoutMs: timeoutMs,
    startTimeoutMs: timeoutMs,
    requestTimeoutMs: timeoutMs,
    queueTimeoutMs: timeoutMs,
    maxLineBytes: 16 * 1024 * 1024,
    userCheckPauseMs: timeoutMs,
    upstreamTokens: async () => {
      const nowSec = clock() / 1000;
      const token = request.token;
      return { status: "ok", token, issuedAtSec: nowSec, expiresAtSec: nowSec + 3600 };
    },
    userCheck: async () => ({ status: "ok" }),
    childTools: new ChildTools("none", () => undefined),
    onListStale: () => undefined,
    clients: noGrantClients,
    sessionClients: undefined,
    clock,
    log: createLog("check-child", "warn"),
  });
  try {
    const { serverInfo } = await pool.initializeResult(caller, AbortSignal.timeout(timeoutMs));
    const tools: unknown[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const { tools: listed, nextCursor } = await listTools(pool, cursor === undefined ? {} : { cursor });
      if (Array.isArray(listed)) tools.push(...(listed as unknown[]));
      if (typeof nextCursor !== "string" || nextCursor === cursor) break;
      cursor = nextCursor;
    }
    return { name: serverInfo.name, version: serverInfo.version, tools };
  } finally {
    await pool.stop(0);
    rmSync(runtimeDir, { recursive: true, force: true });
  }
}

function listTools(pool: WorkerPool, params: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const request = { idJson: "1", method: "tools/list", params };
    pool.call(caller, request, {
      notification: () => undefined,
      response: (chunks) => {
        const { result } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { result?: unknown };
        if (isJsonObject(result)) resolve(result);
        else reject(new Error("The MCP server responds to tools/list with an error."));
      },
      failed: reject,
    });
  });
}
