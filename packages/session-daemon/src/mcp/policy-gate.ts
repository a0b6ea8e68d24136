import type { IncomingMessage } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import type { Events } from "../events.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import type { ToolPolicy } from "../policy/tool-policy.ts";
import type { ToolRejection } from "../policy/tool-rejection.ts";
import { CallError } from "../worker/call.ts";
import { insufficientScope } from "./insufficient-scope.ts";

/** Applies the tool policy to requests, with errors that say how to get more. */
export class PolicyGate {
  readonly #issuer: string;
  readonly #policy: ToolPolicy;
  readonly #events: Events;

  constructor(issuer: string, policy: ToolPolicy, events: Events) {
    this.#issuer = issuer;
    this.#policy = policy;
    this.#events = events;
  }

  /** Whether it can decide now; else it can once a worker has started. */
  isReady({ access }: Authenticated): boolean {
    return this.#policy.isReady(access);
  }

  /** Whether `check` has no error for the request; logs nothing. */
  allows({ access }: Authenticated, request: ClientRequest): boolean {
    return this.#policy.rejection(access, request) === undefined;
  }

  /**
   * The error for a request that must not reach the child; undefined for any other. Throws a 403 HttpError when the client
   * gets more by requesting it.
   */
  check(
    { access, owner }: Authenticated,
    request: ClientRequest,
    req: IncomingMessage,
  ): CallError | undefined {
    const rejection = this.#policy.rejection(access, request);
    if (rejection === undefined) return undefined;
    if (rejection.kind === "argument") this.#events.argumentDenied(owner, rejection.argument);
    else if (rejection.kind !== "invalid") {
      const { method } = request;
      const tool = method === "tools/call" ? this.#policy.toolOf(request).name : undefined;
      this.#events.requestRejected(owner, { method, tool, reason: rejection.kind });
    }
    if (rejection.kind === "scope" && rejection.isStepUp) {
      throw insufficientScope(this.#issuer, req, request.idJson);
    }
    return new CallError("rejected", errorCodes.invalidParams, this.#describe(rejection, request.method));
  }

  #describe(rejection: ToolRejection, method: string): string {
    switch (rejection.kind) {
      case "invalid":
        return rejection.message;
      case "argument":
        return deniedArgumentText(rejection.argument, method);
      case "administrator":
        return "The administrator of this server does not allow this. Nothing was done; only they can change that (FJMCP_TOOLS_ALLOW, FJMCP_TOOLS_DENY).";
      case "toolset":
        return `This connection does not include the toolset "${rejection.toolset}". Nothing was done. ${this.#allowMore}`;
      case "scope":
        return `This connection is allowed to read only. Nothing was done. ${this.#allowMore}`;
      default:
        return "The configuration of this client limits it to fewer tools (toolsets or readonly, in the URL or a header). Nothing was done. Change that configuration to use this.";
    }
  }

  /** The page allows less alone: more needs another consent. */
  get #allowMore(): string {
    return `To allow more, connect it again, or make another token, once you have disconnected it at ${this.#issuer}/connections`;
  }
}

/** The setting that it names is for tools alone. */
function deniedArgumentText(argument: string, method: string): string {
  const advice =
    method === "tools/call"
      ? "Leave it out; only the administrator can allow it (FJMCP_CHILD_ALLOWED_ARGUMENTS)."
      : "Leave it out.";
  return `The argument "${argument}" is not allowed here, because it may name a file of the server. Nothing was done. ${advice}`;
}
