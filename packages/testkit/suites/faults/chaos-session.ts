import { setTimeout as sleep } from "node:timers/promises";
import { finish } from "./recover.ts";
import type { Flow } from "./client-flow.ts";
import { postMcp, type McpAnswer, type McpTarget } from "./mcp-request.ts";
import { isCut } from "./client-outcome.ts";

/** Every request is answered within this, whatever happens. */
const boundMs = 60_000;

/** A person whose sessions share one client and its tokens. */
export class ChaosUser {
  readonly flow: Flow;
  /** How often it was told to log in anew. */
  logins = 0;
  #recovering: Promise<void> | undefined;

  constructor(flow: Flow) {
    this.flow = flow;
  }

  /** New tokens, by a refresh or a login: once for all sessions that found theirs refused. */
  recover(refused: string): Promise<void> {
    if (this.flow.mcp.accessToken !== refused) return Promise.resolve();
    this.#recovering ??= finish(this.flow, "refresh", "initialize")
      .then(({ logins }) => void (this.logins += logins))
      .finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }
}

/** One MCP session that asks for issues over and over and looks at every byte that comes back. */
export class ChaosSession {
  readonly #user: ChaosUser;
  readonly #target: McpTarget;
  readonly #secret: (value: string) => void;
  readonly #everybody: readonly string[];
  /** What should never have been seen. */
  readonly wrong: string[] = [];
  answered = 0;
  #sessionId: string | undefined;
  #lastId = 0;

  /** `everybody`: the names of all people, each of which only its owner may read in an issue. */
  constructor(
    user: ChaosUser,
    target: McpTarget,
    everybody: readonly string[],
    secret: (value: string) => void,
  ) {
    this.#user = user;
    this.#target = target;
    this.#everybody = everybody;
    this.#secret = secret;
  }

  /** Asks for its owner's issue; true when that came. What fails for now is waited for, but only once. */
  async readOwn(): Promise<boolean> {
    const message = await this.#read(this.#user.flow.user);
    if (message?.result === undefined) return false;
    this.answered += 1;
    if (message.result.content?.[0]?.text !== `Only ${this.#user.flow.user} may read this`) {
      this.wrong.push(`not its own answer: ${JSON.stringify(message)}`);
    }
    return true;
  }

  /** Asks for somebody else's issue, which must fail. */
  async readAnothers(owner: string): Promise<void> {
    if (owner === this.#user.flow.user) return;
    const message = await this.#read(owner);
    if (message?.result !== undefined) this.wrong.push(`it may read the issue of ${owner}`);
  }

  async #read(owner: string): Promise<McpAnswer["message"] | undefined> {
    if (this.#sessionId === undefined && !(await this.#open())) return undefined;
    // The same ids in every session.
    const id = ++this.#lastId;
    const params = { name: "read_issue", arguments: { owner } };
    const message = await this.#post({ jsonrpc: "2.0", id, method: "tools/call", params });
    if (message === undefined) return undefined;
    const text = JSON.stringify(message);
    const others = this.#everybody.filter((name) => name !== this.#user.flow.user && text.includes(name));
    if (others.length > 0) this.wrong.push(`it sees ${others.join(", ")}`);
    if (message.id !== id) this.wrong.push(`an answer to ${String(message.id)}, not to ${id}`);
    return message;
  }

  async #open(): Promise<boolean> {
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "chaos", version: "1" },
    };
    const message = await this.#post({ jsonrpc: "2.0", id: 0, method: "initialize", params });
    return message?.result !== undefined;
  }

  /** Undefined when there was no answer that holds a message for it; what that calls for is done. */
  async #post(request: object): Promise<McpAnswer["message"] | undefined> {
    const { accessToken } = this.#user.flow.mcp;
    try {
      const credentials = { accessToken, sessionId: this.#sessionId };
      const answer = await postMcp(this.#target, credentials, request, AbortSignal.timeout(boundMs));
      const opened = answer.headers["mcp-session-id"];
      if (typeof opened === "string") {
        this.#sessionId = opened;
        this.#secret(opened);
      }
      if (answer.status === 200) return answer.message;
      if (answer.status === 401) await this.#user.recover(accessToken);
      else if (answer.status === 404) this.#sessionId = undefined;
      else if (answer.status === 502 || answer.status === 503) await sleep(250);
      else this.wrong.push(`status ${answer.status}`);
    } catch (error) {
      if ((error as Error).name === "AbortError") this.wrong.push("no answer within a minute");
      else if (!isCut(error)) throw error;
      await sleep(250);
    }
    return undefined;
  }
}
