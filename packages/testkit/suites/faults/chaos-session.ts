import { setTimeout as sleep } from "node:timers/promises";
import { recover } from "./recover.ts";
import type { ClientFlow } from "./client-flow.ts";
import type { HttpTarget } from "../../src/mcp-client/http-client.ts";
import { callTool, initialize } from "../../src/mcp-client/messages.ts";
import { postMcp, type McpResponse } from "./mcp-request.ts";
import { isDisconnect } from "./client-outcome.ts";

/** Every request gets a response within this time, whatever fails. */
const responseTimeoutMs = 60_000;

/** A user whose sessions share one client and its tokens. */
export class ChaosUser {
  readonly flow: ClientFlow;
  /** How many times the client had to log in again. */
  logins = 0;
  #recovering: Promise<void> | undefined;

  constructor(flow: ClientFlow) {
    this.flow = flow;
  }

  /** Gets new tokens by a refresh or a login: once for all sessions whose token was rejected. */
  recover(rejectedToken: string): Promise<void> {
    if (this.flow.mcp.accessToken !== rejectedToken) return Promise.resolve();
    this.#recovering ??= recover(this.flow, "refresh", "initialize")
      .then(({ logins }) => void (this.logins += logins))
      .finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }
}

/** One MCP session that reads issues repeatedly and checks every response. */
export class ChaosSession {
  readonly #user: ChaosUser;
  readonly #target: HttpTarget;
  readonly #secret: (value: string) => void;
  readonly #userNames: readonly string[];
  /** Responses that must never occur, described. */
  readonly violations: string[] = [];
  responseCount = 0;
  #sessionId: string | undefined;
  #lastId = 0;

  /** `userNames`: the names of all users; only the user itself may read its name in an issue. */
  constructor(
    user: ChaosUser,
    target: HttpTarget,
    userNames: readonly string[],
    secret: (value: string) => void,
  ) {
    this.#user = user;
    this.#target = target;
    this.#userNames = userNames;
    this.#secret = secret;
  }

  /** Reads the user's own issue; true when it was returned. After a temporary error it waits once and returns false. */
  async readOwn(): Promise<boolean> {
    const message = await this.#read(this.#user.flow.user);
    if (message?.result === undefined) return false;
    this.responseCount += 1;
    if (message.result.content?.[0]?.text !== `Only ${this.#user.flow.user} may read this`) {
      this.violations.push(`another call's response: ${JSON.stringify(message)}`);
    }
    return true;
  }

  /** Tries to read another user's issue, which must fail. */
  async readOthers(owner: string): Promise<void> {
    if (owner === this.#user.flow.user) return;
    const message = await this.#read(owner);
    if (message?.result !== undefined) this.violations.push(`it may read the issue of ${owner}`);
  }

  async #read(owner: string): Promise<McpResponse["message"] | undefined> {
    if (this.#sessionId === undefined && !(await this.#open())) return undefined;
    // All sessions use the same ids.
    const id = ++this.#lastId;
    const message = await this.#post(callTool(id, "read_issue", { owner }));
    if (message === undefined) return undefined;
    const text = JSON.stringify(message);
    const others = this.#userNames.filter((name) => name !== this.#user.flow.user && text.includes(name));
    if (others.length > 0) this.violations.push(`it sees ${others.join(", ")}`);
    if (message.id !== id) this.violations.push(`a response to ${String(message.id)}, not to ${id}`);
    return message;
  }

  async #open(): Promise<boolean> {
    const message = await this.#post(initialize());
    return message?.result !== undefined;
  }

  /** The message of a 200; otherwise undefined, after the client has refreshed, dropped its session id or waited. */
  async #post(request: object): Promise<McpResponse["message"] | undefined> {
    const { accessToken } = this.#user.flow.mcp;
    try {
      const credentials = { accessToken, sessionId: this.#sessionId };
      const response = await postMcp(
        this.#target,
        credentials,
        request,
        AbortSignal.timeout(responseTimeoutMs),
      );
      const opened = response.headers["mcp-session-id"];
      if (typeof opened === "string") {
        this.#sessionId = opened;
        this.#secret(opened);
      }
      if (response.status === 200) return response.message;
      if (response.status === 401) await this.#user.recover(accessToken);
      else if (response.status === 404) this.#sessionId = undefined;
      else if (response.status === 502 || response.status === 503) await sleep(250);
      else this.violations.push(`status ${response.status}`);
    } catch (error) {
      if ((error as Error).name === "AbortError") this.violations.push("no response within a minute");
      else if (!isDisconnect(error)) throw error;
      await sleep(250);
    }
    return undefined;
  }
}
