import { controlPaths, listSessionsResponse } from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { initialize } from "../mcp-client/messages.ts";
import { HttpConnection, mcpPost } from "./http-connection.ts";
import { listTools } from "./requests.ts";
import type { Target } from "./targets.ts";

const initializeBody = JSON.stringify(initialize());

/** Opens an MCP session. Resolves with the headers of its requests: the target's own, plus the session's if it has one. */
export async function openSession(target: Target): Promise<Readonly<Record<string, string>>> {
  const connection = await HttpConnection.open(target.address);
  try {
    return await openOn(connection, target);
  } finally {
    connection.close();
  }
}

async function openOn(connection: HttpConnection, target: Target): Promise<Readonly<Record<string, string>>> {
  const { head, body } = await connection.exchange(mcpPost(initializeBody, target.headers));
  if (!head.startsWith("HTTP/1.1 200")) throw new Error(`${head}\n${body.toString()}`);
  const id = /\r\nmcp-session-id: (\S+)/i.exec(head)?.[1];
  if (id === undefined) return target.headers;
  return { ...target.headers, "mcp-session-id": id, "mcp-protocol-version": "2025-11-25" };
}

/** Sessions per second: `initialize` and `tools/list`, one session after the other on one connection. */
export async function sessionOpenRate(target: Target, durationMs: number): Promise<number> {
  const connection = await HttpConnection.open(target.address);
  try {
    const start = performance.now();
    let count = 0;
    while (performance.now() < start + durationMs) {
      await connection.exchange(listTools({ ...target, headers: await openOn(connection, target) }, 2));
      count += 1;
    }
    return (count * 1000) / (performance.now() - start);
  } finally {
    connection.close();
  }
}

/** Opens `countOfEach` idle sessions for each target, one after the other. */
export async function openIdleSessions(targets: readonly Target[], countOfEach: number): Promise<void> {
  for (const target of targets) {
    const connection = await HttpConnection.open(target.address);
    for (let i = 0; i < countOfEach; i += 1) await openOn(connection, target);
    connection.close();
  }
}

/** The number of sessions of all accounts, those that expired within the last hour included. */
export async function sessionCount(controlSocket: string): Promise<number> {
  const { total } = await callIpc({
    socketPath: controlSocket,
    path: controlPaths.sessions,
    schema: listSessionsResponse,
    timeoutMs: 10_000,
  });
  return total;
}
