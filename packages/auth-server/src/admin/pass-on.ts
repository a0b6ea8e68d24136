import { controlPaths, healthResponse } from "@fjmcp/shared/ipc/control";
import { callIpc, IpcStatusError, IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import type { z } from "zod";

const timeouts = {
  /** Longer than a restart with calls in flight and the default drain. The socket of one that does not start accepts connections all the same. */
  usualMs: 15_000,
  /** Longer than the MCP server may take to start, which the check of it waits for. */
  childMs: 60_000,
};

type PassedOn<Response> =
  | { readonly status: "ok"; readonly response: Response }
  | { readonly status: "away"; readonly reason: string };

/** Calls the session-daemon for the administrator. Never rejects: `away` when there is no valid response. */
export type PassOn = <Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  body?: unknown,
) => Promise<PassedOn<z.infer<Schema>>>;

export function createPassOn(socketPath: string, { usualMs, childMs } = timeouts): PassOn {
  const call: PassOn = async (path, schema, body) => {
    const timeoutMs = path === controlPaths.checkChild ? childMs : usualMs;
    try {
      return { status: "ok", response: await callIpc({ socketPath, path, body, schema, timeoutMs }) };
    } catch (error) {
      if (!(error instanceof IpcUnavailableError)) throw error;
      return { status: "away", reason: reasonOf(error.cause) };
    }
  };
  return async function passOn(path, schema, body) {
    if (path === controlPaths.checkChild) {
      const health = await call(controlPaths.health, healthResponse);
      if (health.status === "away") return health;
    }
    return call(path, schema, body);
  };
}

/** A status is that of a session-daemon that runs, but lacks something itself, such as Redis. */
function reasonOf(cause: unknown): string {
  const detail = cause instanceof Error ? cause.message : "no response";
  const what = cause instanceof IpcStatusError ? "cannot do this now" : "does not respond";
  return `the session-daemon ${what} (${detail})`;
}
