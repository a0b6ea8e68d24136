import { setTimeout as sleep } from "node:timers/promises";
import { listenMcp, postMcp, type McpStream, type McpTarget } from "./mcp-request.ts";
import { isPassing, mcpSeen } from "./client-outcome.ts";

const listChanged = "notifications/tools/list_changed";
const emitEveryMs = 250;
const maxEmits = 200;

/** What one client has with the MCP endpoint: a session and, at most, one listening stream. */
export class Conversation {
  readonly #target: McpTarget;
  readonly #user: string;
  readonly #secret: (value: string) => void;
  accessToken = "";
  #sessionId: string | undefined;
  #stream: McpStream | undefined;

  constructor(target: McpTarget, user: string, secret: (value: string) => void) {
    this.#target = target;
    this.#user = user;
    this.#secret = secret;
  }

  /** Whether the listening stream is open. */
  get isListening(): boolean {
    return this.#stream?.closed === false;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  async initialize(): Promise<string> {
    const clientInfo = { name: "flow", version: "1" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    const request = { jsonrpc: "2.0", id: 0, method: "initialize", params };
    const answer = await postMcp(this.#target, { accessToken: this.accessToken }, request);
    const seen = mcpSeen(answer);
    if (seen === "done") {
      this.#sessionId = String(answer.headers["mcp-session-id"]);
      this.#secret(this.#sessionId);
    }
    return seen;
  }

  /** A call whose answer must be its own; held in the child as long as there is the file `hold`. */
  async call(hold: string | undefined): Promise<string> {
    const mine = `call of ${this.#user} at ${Date.now()}`;
    const { seen, text } = await this.useTool("echo", { mine, whileExists: hold });
    return seen === "done" && !text.includes(mine) ? "another's answer" : seen;
  }

  /** Calls a tool of the child; `text` is what the tool answered, `message` what an error says. */
  async useTool(name: string, given: object = {}): Promise<{ seen: string; text: string; message: string }> {
    const request = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name, arguments: given } };
    const answer = await postMcp(this.#target, this.#credentials, request);
    const isMine = answer.message.id === 7 || answer.status !== 200;
    return {
      seen: isMine ? mcpSeen(answer) : "another's answer",
      text: answer.message.result?.content?.[0]?.text ?? "",
      message: answer.message.error?.message ?? "",
    };
  }

  async listen(): Promise<string> {
    const answer = await listenMcp(this.#target, this.#credentials);
    if ("status" in answer) return mcpSeen(answer);
    this.#stream?.abandon();
    this.#stream = answer;
    return "done";
  }

  /** Lets the child say that its tools have changed until the open stream has it; throws when it never does. */
  async hearFromChild(): Promise<void> {
    const stream = this.#stream!;
    const before = stream.heard(listChanged);
    const lines = [JSON.stringify({ jsonrpc: "2.0", method: listChanged })];
    // In the first moments of a new worker it is not believed.
    for (let emits = 0; emits < maxEmits; emits += 1) {
      const { seen } = await this.useTool("emit", { lines });
      if (seen !== "done" && !isPassing(seen)) throw new Error(`A call while the stream is open: ${seen}`);
      await sleep(emitEveryMs);
      if (stream.heard(listChanged) > before) return;
    }
    throw new Error("Nothing of what the child says comes over the stream");
  }

  get #credentials() {
    return { accessToken: this.accessToken, sessionId: this.#sessionId };
  }
}
