import { callIpc, IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import type { z } from "zod";

/** Longer than the MCP server may take to start, which the check of it waits for. */
const timeoutMs = 60_000;

type PassedOn<Response> =
  | { readonly status: "ok"; readonly response: Response }
  | { readonly status: "away"; readonly reason: string };

/** Calls the session-daemon for the administrator. Never rejects: `away` when there is no valid response. */
export type PassOn = <Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  body?: unknown,
) => Promise<PassedOn<z.infer<Schema>>>;

export function createPassOn(socketPath: string): PassOn {
  return async function passOn(path, schema, body) {
    try {
      return { status: "ok", response: await callIpc({ socketPath, path, body, schema, timeoutMs }) };
    } catch (error) {
      if (!(error instanceof IpcUnavailableError)) throw error;
      const cause = error.cause instanceof Error ? error.cause.message : "no response";
      return { status: "away", reason: `the session-daemon does not respond (${cause})` };
    }
  };
}
