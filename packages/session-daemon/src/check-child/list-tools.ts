import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@fjmcp/shared/clock";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { createLog } from "@fjmcp/shared/log";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import { createWorkerPool } from "../worker/pool/create-worker-pool.ts";
import type { SandboxChoice } from "../worker/sandbox/sandbox-choice.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import type { CheckChildRequest } from "./command-line.ts";

const asker = {
  grantId: branded<GrantId>().parse("check-child"),
  accountId: branded<AccountId>().parse("check-child"),
  clientId: branded<ClientId>().parse("check-child"),
  accessToken: "check-child",
};
const maxPages = 100;
const timeoutMs = 60_000;

/**
 * Starts the child in one worker as the session-daemon does, and resolves with all tools that it lists. Rejects with
 * CallError when it does not start or respond; its stderr is in the log on stderr.
 */
export async function listTools(
  request: CheckChildRequest,
  sandbox: SandboxChoice,
  clock: Clock,
): Promise<unknown[]> {
  const runtimeDir = mkdtempSync(join(tmpdir(), "fjmcp-check-child-"));
  const pool = createWorkerPool({
    child: request.child,
    forgejoUrl: request.url,
    runtimeDir,
    environment: process.env,
    sandbox,
    readPaths: request.readPaths,
    memoryLimitMiB: undefined,
    childSha256: undefined,
    cgroups: undefined,
    hasToolTable: false,
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
    onListChanged: () => undefined,
    clock,
    log: createLog("check-child", "warn"),
  });
  try {
    const tools: unknown[] = [];
    let cursor: unknown;
    for (let page = 0; page < maxPages; page++) {
      const result = await ask(pool, cursor === undefined ? {} : { cursor });
      if (Array.isArray(result.tools)) tools.push(...(result.tools as unknown[]));
      cursor = result.nextCursor;
      if (cursor === undefined) break;
    }
    return tools;
  } finally {
    await pool.stop(0);
    rmSync(runtimeDir, { recursive: true, force: true });
  }
}

function ask(pool: WorkerPool, params: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const request = { idJson: "1", method: "tools/list", params };
    pool.call(asker, request, {
      notification: () => undefined,
      response: (parts) => {
        const { result } = JSON.parse(Buffer.concat(parts).toString("utf8")) as { result?: unknown };
        if (isJsonObject(result)) resolve(result);
        else reject(new Error("The MCP server responds to tools/list with an error."));
      },
      failed: reject,
    });
  });
}
