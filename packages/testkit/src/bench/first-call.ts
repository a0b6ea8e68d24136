import { controlPaths, endWorkerResponse, listWorkersResponse } from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { HttpConnection } from "./http-connection.ts";
import { call } from "./requests.ts";
import { openSession } from "./sessions.ts";
import { echoChild, type Target } from "./targets.ts";

/** Milliseconds of a first `tools/call` in an open session whose worker has ended: the start of a worker included. */
export async function firstCallMs(session: Target, controlSocket: string): Promise<number> {
  await endWorkers(controlSocket);
  const connection = await HttpConnection.open(session.address);
  try {
    const startMs = performance.now();
    const { head } = await connection.exchange(call("small")(session, 1));
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(head);
    return performance.now() - startMs;
  } finally {
    connection.close();
  }
}

/** Milliseconds of `initialize` and a first `tools/call` while no worker runs. */
export async function coldOpenMs(target: Target, controlSocket: string): Promise<number> {
  await endWorkers(controlSocket);
  const startMs = performance.now();
  const session = { ...target, headers: await openSession(target) };
  const connection = await HttpConnection.open(target.address);
  await connection.exchange(call("small")(session, 1));
  connection.close();
  return performance.now() - startMs;
}

/** Milliseconds from the spawn of the child to its response to a `tools/call`, without anything between. */
export async function childAloneMs(): Promise<number> {
  const startMs = performance.now();
  const [program, ...args] = echoChild;
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  for (const method of ["initialize", "tools/call"]) {
    const params = method === "initialize" ? {} : { name: "small", arguments: {} };
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })}\n`);
    await once(child.stdout, "data");
  }
  const ms = performance.now() - startMs;
  child.stdin.end();
  await once(child, "exit");
  return ms;
}

async function endWorkers(socketPath: string): Promise<void> {
  const timeoutMs = 10_000;
  const { workers } = await callIpc({
    socketPath,
    path: controlPaths.workers,
    schema: listWorkersResponse,
    timeoutMs,
  });
  for (const { pid } of workers) {
    await callIpc({
      socketPath,
      path: controlPaths.endWorker,
      body: { pid },
      schema: endWorkerResponse,
      timeoutMs,
    });
  }
}
