import { setTimeout as sleep } from "node:timers/promises";
import type { HttpTarget } from "../../src/mcp-client/http-client.ts";
import { callTool, initialize } from "../../src/mcp-client/messages.ts";
import { openMcpStream, postMcp, type McpStream } from "./mcp-request.ts";
import { isTransient, mcpOutcome } from "./client-outcome.ts";

const listChanged = "notifications/tools/list_changed";
const emitEveryMs = 250;
const maxEmits = 200;

/** One client's use of the MCP endpoint: a session and at most one standalone stream. */
export class McpConversation {
  readonly #target: HttpTarget;
  readonly #user: string;
  readonly #secret: (value: string) => void;
  accessToken = "";
  #sessionId: string | undefined;
  #stream: McpStream | undefined;

  constructor(target: HttpTarget, user: string, secret: (value: string) => void) {
    this.#target = target;
    this.#user = user;
    this.#secret = secret;
  }

  /** Whether the standalone stream is open. */
  get isListening(): boolean {
    return this.#stream?.closed === false;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  async initialize(): Promise<string> {
    const response = await postMcp(this.#target, { accessToken: this.accessToken }, initialize());
    const outcome = mcpOutcome(response);
    if (outcome === "done") {
      this.#sessionId = String(response.headers["mcp-session-id"]);
      this.#secret(this.#sessionId);
    }
    return outcome;
  }

  /** Calls `echo` and checks that the response belongs to this call; held in the child while `gateFile` exists. */
  async call(gateFile: string | undefined): Promise<string> {
    const mine = `call of ${this.#user} at ${Date.now()}`;
    const { outcome, text } = await this.useTool("echo", { mine, whileExists: gateFile });
    return outcome === "done" && !text.includes(mine) ? "another call's response" : outcome;
  }

  /** Calls a tool of the child; gives the text of the tool's result, or the message of the error. */
  async useTool(
    name: string,
    given: object = {},
  ): Promise<{ outcome: string; text: string; message: string }> {
    const response = await postMcp(this.#target, this.#credentials, callTool(7, name, given));
    const isMine = response.message.id === 7 || response.status !== 200;
    return {
      outcome: isMine ? mcpOutcome(response) : "another call's response",
      text: response.message.result?.content?.[0]?.text ?? "",
      message: response.message.error?.message ?? "",
    };
  }

  async listen(): Promise<string> {
    const stream = await openMcpStream(this.#target, this.#credentials);
    if ("status" in stream) return mcpOutcome(stream);
    this.#stream?.close();
    this.#stream = stream;
    return "done";
  }

  /** Lets the child send `tools/list_changed` until the open stream delivers it; throws when it never does. */
  async expectNotification(): Promise<void> {
    const stream = this.#stream!;
    const before = stream.count(listChanged);
    const lines = [JSON.stringify({ jsonrpc: "2.0", method: listChanged })];
    // The session-daemon drops the notification while a new worker has just started.
    for (let emits = 0; emits < maxEmits; emits += 1) {
      const { outcome } = await this.useTool("emit", { lines });
      if (outcome !== "done" && !isTransient(outcome))
        throw new Error(`A call while the stream is open: ${outcome}`);
      await sleep(emitEveryMs);
      if (stream.count(listChanged) > before) return;
    }
    throw new Error("The stream delivers no notification of the child");
  }

  get #credentials() {
    return { accessToken: this.accessToken, sessionId: this.#sessionId };
  }
}
