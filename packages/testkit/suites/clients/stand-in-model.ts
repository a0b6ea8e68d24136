import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { anthropicMessages } from "./anthropic-messages.ts";
import { geminiContent } from "./gemini-content.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiResponses } from "./openai-responses.ts";
import type { ModelApi, ModelResponse, ModelStep, ModelTool, ModelTurn } from "./model-turn.ts";

const apis: readonly ModelApi[] = [anthropicMessages, geminiContent, openaiResponses, openaiChat];

/** The prefix that clients give to the tools of the server forgejo. */
const serverPrefix = /^(mcp_+)?forgejo[_-]+/;

interface Plan {
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * A model on loopback that speaks the APIs of several vendors. It makes its client call the planned tool, then repeats
 * the tool's result as its text.
 */
export class StandInModel {
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: Error) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: error.message } }));
    });
  });
  readonly #thinkingMs: number;
  #plan: Plan | undefined;
  #offered = new Set<string>();
  #result: string | undefined;

  /** It takes `thinkingMs` milliseconds for each reply. */
  constructor({ thinkingMs = 0 }: { readonly thinkingMs?: number } = {}) {
    this.#thinkingMs = thinkingMs;
  }

  /** The names of the server's tools that clients have offered since the last plan. */
  get offered(): readonly string[] {
    return [...this.#offered];
  }

  /** What the planned call resulted in; undefined while it has not come. */
  get result(): string | undefined {
    return this.#result;
  }

  /** Listens; resolves with its URL. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the next conversation calls; undefined for none. */
  plan(call: Plan | undefined): void {
    this.#plan = call;
    this.#offered = new Set();
    this.#result = undefined;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url!, "http://model").pathname;
    const api = apis.find((one) => request.method === "POST" && one.path.test(path));
    if (api === undefined) {
      request.resume();
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: `${path} is not served` } }));
      return;
    }
    const turn = api.readTurn(await json(request), path);
    await sleep(this.#thinkingMs);
    send(response, api.respond(this.#next(turn), turn));
  }

  #next({ tools, toolResult }: ModelTurn): ModelStep {
    for (const tool of tools) {
      const name = ownName(tool);
      if (name !== undefined) this.#offered.add(name);
    }
    if (toolResult !== undefined) {
      this.#result = toolResult;
      return { text: toolResult };
    }
    const plan = this.#plan;
    if (plan === undefined) return { text: "Done." };
    const tool = tools.find((one) => ownName(one) === plan.name);
    return tool === undefined ? { text: `There is no tool ${plan.name}.` } : { tool, given: plan.given };
  }
}

/** The name that the server gave to a tool; undefined for those of others. */
function ownName({ name, namespace }: ModelTool): string | undefined {
  const full = namespace === undefined ? name : `${namespace}__${name}`;
  return serverPrefix.test(full) ? full.replace(serverPrefix, "") : undefined;
}

function send(response: ServerResponse, given: ModelResponse): void {
  if ("body" in given) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(given.body));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const { event, data } of given.events) {
    if (event !== undefined) response.write(`event: ${event}\n`);
    response.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}
