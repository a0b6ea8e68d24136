import { adminPaths } from "@fjmcp/shared/ipc/admin";
import { callIpc, IpcStatusError, IpcUnavailableError, requestIpc } from "@fjmcp/shared/ipc/ipc-client";
import { fitsSocketAddress, longestSocketPathBytes } from "@fjmcp/shared/net/socket-path";
import type { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

/** Longer than the auth-server waits for the session-daemon, and that for an MCP server. */
const timeoutMs = 90_000;
/** The same for the state alone: the socket of an auth-server that does not start accepts connections. */
const statusTimeoutMs = 30_000;

type PassedOn<Response> = { status: "ok"; response: Response } | { status: "away"; reason: string };

/** Calls the auth-server over `admin.sock`. Rejects with CommandError, which says what to do. */
export class AdminClient {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** A GET, or a POST when there is a body. `path` may have a query. */
  async call<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.infer<Schema>> {
    const call = { socketPath: this.#socketPath, path, schema, body };
    try {
      return await callIpc({ ...call, timeoutMs: path === adminPaths.status ? statusTimeoutMs : timeoutMs });
    } catch (error) {
      if (error instanceof IpcUnavailableError) throw this.#explain(error);
      throw error;
    }
  }

  /** The text of a GET. */
  async text(path: string): Promise<string> {
    try {
      return await requestIpc({ socketPath: this.#socketPath, path, timeoutMs });
    } catch (error) {
      if (error instanceof IpcUnavailableError) throw this.#explain(error);
      throw error;
    }
  }

  /** As `call`, for what is the session-daemon's. */
  async passOn<Response>(
    path: string,
    schema: z.ZodType<PassedOn<Response>>,
    body?: unknown,
  ): Promise<Response> {
    const passed = await this.call(path, schema, body);
    if (passed.status === "ok") return passed.response;
    throw new CommandError(
      exitCodes.unavailable,
      `The auth-server responds, but ${passed.reason}.`,
      "Look at `fjmcp status` and `fjmcp logs --unit session`.",
    );
  }

  #explain({ cause }: IpcUnavailableError): CommandError {
    const { code, message, syscall } = cause as NodeJS.ErrnoException;
    if (!fitsSocketAddress(this.#socketPath))
      return new CommandError(
        exitCodes.usage,
        `${this.#socketPath} is too long: the path of a unix socket has ${longestSocketPathBytes} bytes at most.`,
        "Name the socket by a shorter path, such as that of a symbolic link.",
      );
    if (code === "EACCES")
      return new CommandError(
        exitCodes.noPermission,
        `You may not open ${this.#socketPath}.`,
        "Run the command with sudo, or join the group fjmcp-admin and log in again.",
      );
    if (syscall === "connect")
      return new CommandError(
        exitCodes.unavailable,
        `The auth-server does not respond on ${this.#socketPath} (${code}).`,
        "Start it with `systemctl start fjmcp.target`, the first time with `fjmcp setup`, and look at `fjmcp logs --unit auth`. FJMCP_ADMIN_SOCKET must name this socket.",
      );
    // A ContractError: what the caller has typed is no part of any valid request.
    if (cause instanceof IpcStatusError && (cause.status === 400 || cause.status === 413))
      return new CommandError(
        exitCodes.usage,
        `The auth-server does not accept what was given (${message}).`,
        "An argument is too long, or not of the form that `--help` describes.",
      );
    return new CommandError(
      exitCodes.unavailable,
      `The auth-server gave no usable response (${message}).`,
      "Look at `fjmcp status` and `fjmcp logs --unit auth`.",
    );
  }
}
