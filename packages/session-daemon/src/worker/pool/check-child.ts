import { displayText } from "@fjmcp/shared/display-text";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { CheckChildResponse } from "@fjmcp/shared/ipc/control";
import { accountIdSchema, grantIdSchema } from "@fjmcp/shared/ids";
import { CallError } from "../call.ts";
import type { Worker } from "../child/worker.ts";
import { ChildErrorResponse } from "../mcp-client/child-request.ts";
import { readList, toolNames } from "../mcp-client/read-list.ts";
import type { WorkerEvents } from "../worker-events.ts";
import { logFailure } from "./start-failure.ts";
import { startWorker, type StartWorkerDeps } from "./start-worker.ts";

/** No user has this id: Forgejo numbers them from 1. */
const unknownAccount = accountIdSchema.parse("0");
const tokenLifeSec = 60;
/** A name or version is cut there. */
const maxTextLength = 80;

const noList =
  "The MCP server starts, but responds to tools/list with an error, or with a list that cannot be read.";

/**
 * Starts a worker as for a call, in its sandbox and within the limits, with a meaningless token; ends it after the MCP
 * handshake and the list of its tools.
 */
export async function checkChild(deps: StartWorkerDeps, events: WorkerEvents): Promise<CheckChildResponse> {
  const issuedAtSec = Math.floor(deps.clock() / 1000);
  const token = { token: "0".repeat(40), issuedAtSec, expiresAtSec: issuedAtSec + tokenLifeSec };
  try {
    const { worker, initializeResult } = await startWorker(
      {
        ...deps,
        upstreamTokens: async () => ({ status: "ok", clientName: "check", ...token }),
        tokenRequests: { lastHasFailed: false },
      },
      {
        accountId: unknownAccount,
        grantId: grantIdSchema.parse("check"),
        from: { accessToken: "check" },
        serving: undefined,
        checkToken: () => undefined,
        client: undefined,
        subscribedUris: () => [],
        onInitialized: () => ({ onNotification: () => undefined }),
        onChildError: () => undefined,
        events,
      },
      AbortSignal.timeout(deps.queueTimeoutMs + deps.startTimeoutMs),
    );
    const tools = await toolsOf(worker, initializeResult);
    const { name, version } = initializeResult.serverInfo;
    return {
      status: "ok",
      name: displayText(name, maxTextLength),
      version: displayText(version, maxTextLength) || "unknown",
      tools: deps.childTools.compare(tools),
    };
  } catch (error) {
    if (error instanceof CallError) return { status: "failed", reason: error.message };
    if (error instanceof ChildErrorResponse) {
      const reference = logFailure(events, "started, but did not list its tools", error, []);
      return { status: "failed", reason: `${noList} Reference: ${reference}.` };
    }
    throw error;
  }
}

/** The names of its tools. The worker has ended then, also when this rejects: no one else knows of it. */
async function toolsOf(worker: Worker, { capabilities }: InitializeResult): Promise<string[]> {
  try {
    return capabilities.tools === undefined ? [] : toolNames(await readList(worker, "tools"));
  } finally {
    await worker.end();
  }
}
