import { setTimeout as sleep } from "node:timers/promises";
import type { Fetch, OAuthAnswer } from "@fjmcp/testkit/oauth-client/oauth-answer";
import { ScriptedOAuthClient, type Attempt } from "@fjmcp/testkit/oauth-client/scripted-oauth-client";
import type { Page } from "@fjmcp/testkit/person/page";
import { Person } from "@fjmcp/testkit/person/person";
import { listenMcp, postMcp, type McpAnswer, type McpStream, type McpTarget } from "./mcp-request.ts";

/**
 * The way of one client, in order; each step rests on those before it. `renewal` is a call that needs a new worker,
 * because the Forgejo token of the last one has come to its end.
 */
export const steps = [
  "authorize",
  "consent",
  "callback",
  "exchange",
  "refresh",
  "initialize",
  "call",
  "renewal",
  "stream",
] as const;
export type Step = (typeof steps)[number];

/** Longer than anything that is bounded may take in these tests. */
const boundMs = 20_000;
const retryEveryMs = 250;
const maxTries = 40;

export interface FlowOptions {
  readonly mcpUrl: string;
  readonly forgejoUrl: string;
  readonly user: { readonly name: string; readonly password: string };
  readonly mcpTarget: McpTarget;
  /** Told of everything that must never stand in a log. */
  readonly secret: (value: string) => void;
}

/**
 * One person with one client, taken step by step. A step answers with what the client saw: `done`; `cut` (no answer);
 * `hang` (none within the bound); `redirect:<error>`; `rpc:<code>`; else the status, and an OAuth error after it.
 */
export class Flow {
  readonly #options: FlowOptions;
  readonly #person: Person;
  readonly #client: ScriptedOAuthClient;
  #attempt: Attempt | undefined;
  #consentPage: Page | undefined;
  #atForgejo: URL | undefined;
  #callbackUrl: URL | undefined;
  #code = "";
  #accessToken = "";
  #refreshToken = "";
  #sessionId: string | undefined;
  #stream: McpStream | undefined;

  private constructor(options: FlowOptions, client: ScriptedOAuthClient) {
    this.#options = options;
    this.#person = new Person(options.user);
    this.#client = client;
    options.secret(options.user.password);
  }

  static async start(options: FlowOptions): Promise<Flow> {
    return new Flow(options, await ScriptedOAuthClient.register(options.mcpUrl, { fetch: fetchOnce }));
  }

  get user(): string {
    return this.#options.user.name;
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  /** Whether the listening stream is open. */
  get isListening(): boolean {
    return this.#stream?.closed === false;
  }

  /** Takes all steps before `step`. Throws when one of them does not work. */
  async prepare(step: Step): Promise<void> {
    for (const before of steps.slice(0, steps.indexOf(step))) {
      const seen = await this.take(before);
      if (seen !== "done") throw new Error(`${before}, on the way to ${step}: ${seen}`);
    }
    // What the person does at Forgejo is none of our steps.
    if (step === "callback") await this.#signInAtForgejo();
  }

  /** Takes one step; `callMs` is how long a call takes in the child. */
  async take(step: Step, callMs = 0): Promise<string> {
    const bound = new AbortController();
    const hang = sleep(boundMs, "hang", { signal: bound.signal }).catch(() => "hang");
    const taken = this.#take(step, callMs).catch((error: unknown) => {
      if (isCut(error)) return "cut";
      throw error;
    });
    try {
      return await Promise.race([taken, hang]);
    } finally {
      bound.abort();
    }
  }

  /**
   * Goes on from `step` to the end, or up to `end`, as a well-behaved client does: tries again what failed for now,
   * refreshes on 401, opens a session anew on 404, and logs in anew only when told so. Answers with how often it had to.
   */
  async finish(step: Step, end?: Step): Promise<number> {
    const endAt = end === undefined ? steps.length : steps.indexOf(end);
    let logins = 0;
    const seenSoFar: string[] = [];
    for (let at = steps.indexOf(step); at < endAt;) {
      const seen = await this.take(steps[at]!);
      if (seen === "done") {
        at += 1;
        continue;
      }
      seenSoFar.push(`${steps[at]}: ${seen}`);
      if (seenSoFar.length > maxTries) throw new Error(`It does not recover: ${seenSoFar.join(", ")}`);
      if (seen === "401 invalid_token") {
        at = steps.indexOf("refresh");
      } else if (seen === "404") {
        at = steps.indexOf("initialize");
      } else if (seen.startsWith("redirect:") || seen.startsWith("400")) {
        at = 0;
        logins += 1;
      } else {
        await sleep(retryEveryMs);
      }
    }
    return logins;
  }

  /** Calls a tool of the child; `text` is what the tool answered. */
  async useTool(name: string, given: object = {}): Promise<{ seen: string; text: string }> {
    const { accessToken, sessionId, target } = this.#mcp();
    const request = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name, arguments: given } };
    const answer = await postMcp(target, { accessToken, sessionId }, request);
    const isMine = answer.message.id === 7 || answer.status !== 200;
    return {
      seen: isMine ? answerSeen(answer) : "another's answer",
      text: answer.message.result?.content?.[0]?.text ?? "",
    };
  }

  /** Ends the grant; RFC 7009 answers 200 in any case. */
  async revoke(): Promise<void> {
    this.#stream?.abandon();
    const { status } = await this.#client.revoke(this.#refreshToken);
    if (status !== 200) throw new Error(`The revocation was answered with ${status}`);
  }

  #take(step: Step, callMs: number): Promise<string> {
    const takes: Readonly<Record<Step, () => Promise<string>>> = {
      authorize: () => this.#authorize(),
      consent: () => this.#consent(),
      callback: () => this.#callback(),
      exchange: () => this.#exchange(),
      refresh: () => this.#refresh(),
      initialize: () => this.#initialize(),
      call: () => this.#call(callMs),
      renewal: () => this.#call(callMs),
      stream: () => this.#listen(),
    };
    return takes[step]();
  }

  async #authorize(): Promise<string> {
    this.#callbackUrl = undefined;
    this.#attempt = this.#client.authorize();
    this.#options.secret(this.#attempt.state);
    this.#options.secret(this.#attempt.pkce.verifier);
    const page = await this.#person.visit(this.#attempt.url, { stopAt: this.#client.redirectUri });
    if (page.form({ button: "Allow" }) === undefined) return this.#pageSeen(page);
    this.#consentPage = page;
    return "done";
  }

  /** Up to the redirect to Forgejo. */
  async #consent(): Promise<string> {
    const url = this.#consentPage!.url;
    // The form's own answer, but not what follows it.
    const toForgejo = (to: URL) => to.origin === this.#options.forgejoUrl || this.#isOfClient(to);
    const again = await this.#person.visit(url, { stopAt: toForgejo });
    if (again.form({ button: "Allow" }) === undefined) return this.#pageSeen(again);
    const page = await again.submit({ button: "Allow" });
    if (page.leavesFor?.origin !== this.#options.forgejoUrl) return this.#pageSeen(page);
    this.#atForgejo = page.leavesFor;
    this.#options.secret(page.leavesFor.searchParams.get("state")!);
    return "done";
  }

  async #signInAtForgejo(): Promise<void> {
    const stopAt = (to: URL) => to.pathname === "/oauth/callback";
    this.#callbackUrl = await this.#person.signInAndAllow(this.#atForgejo!, { stopAt });
    this.#options.secret(this.#callbackUrl.searchParams.get("code")!);
  }

  async #callback(): Promise<string> {
    if (this.#callbackUrl === undefined) {
      const failed = await this.#signInAtForgejo().catch((error: Error) => error);
      if (failed?.message.startsWith("The way ends at") === true) return "a fault of Forgejo's own pages";
      if (failed !== undefined) throw failed;
    }
    const page = await this.#person.visit(this.#callbackUrl!, { stopAt: this.#client.redirectUri });
    const back = page.leavesFor;
    const code = back?.searchParams.get("code");
    if (code === null || code === undefined) return this.#pageSeen(page);
    if (!this.#isOwnAnswer(back!)) return "redirect with a foreign state or issuer";
    this.#code = code;
    this.#options.secret(code);
    return "done";
  }

  async #exchange(): Promise<string> {
    return this.#tokens(await this.#client.exchange(this.#attempt!, this.#code));
  }

  async #refresh(): Promise<string> {
    return this.#tokens(await this.#client.refresh(this.#refreshToken));
  }

  #tokens({ status, headers, body }: OAuthAnswer): string {
    if (status !== 200) {
      if (status === 503 && !headers.has("retry-after")) return "503 without Retry-After";
      return `${status} ${String(body["error"])}`;
    }
    this.#accessToken = String(body["access_token"]);
    this.#refreshToken = String(body["refresh_token"]);
    this.#options.secret(this.#accessToken);
    this.#options.secret(this.#refreshToken);
    return "done";
  }

  async #initialize(): Promise<string> {
    const { accessToken, target } = this.#mcp();
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "flow", version: "1" },
    };
    const answer = await postMcp(
      target,
      { accessToken },
      { jsonrpc: "2.0", id: 0, method: "initialize", params },
    );
    const seen = answerSeen(answer);
    if (seen === "done") {
      this.#sessionId = String(answer.headers["mcp-session-id"]);
      this.#options.secret(this.#sessionId);
    }
    return seen;
  }

  /** A call whose answer must be its own. */
  async #call(callMs: number): Promise<string> {
    const mine = `call of ${this.user} at ${Date.now()}`;
    const { seen, text } = await this.useTool("echo", { mine, sleepMs: callMs });
    return seen === "done" && !text.includes(mine) ? "another's answer" : seen;
  }

  async #listen(): Promise<string> {
    const { accessToken, sessionId, target } = this.#mcp();
    const answer = await listenMcp(target, { accessToken, sessionId });
    if ("status" in answer) return answerSeen(answer);
    this.#stream?.abandon();
    this.#stream = answer;
    return "done";
  }

  #mcp() {
    return { target: this.#options.mcpTarget, accessToken: this.#accessToken, sessionId: this.#sessionId };
  }

  #pageSeen(page: Page): string {
    const error = page.leavesFor?.searchParams.get("error");
    if (error !== null && error !== undefined) {
      return this.#isOwnAnswer(page.leavesFor!)
        ? `redirect:${error}`
        : "redirect with a foreign state or issuer";
    }
    if (page.status === 503 && page.headers["retry-after"] === undefined) return "503 without Retry-After";
    return String(page.status);
  }

  #isOfClient(url: URL): boolean {
    const { origin, pathname } = new URL(this.#client.redirectUri);
    return url.origin === origin && url.pathname === pathname;
  }

  /** RFC 6749 §4.1.2, RFC 9207. */
  #isOwnAnswer(url: URL): boolean {
    const { searchParams } = url;
    return (
      searchParams.get("state") === this.#attempt?.state &&
      searchParams.get("iss") === this.#client.server.issuer
    );
  }
}

function answerSeen({ status, headers, message }: McpAnswer): string {
  if (status === 503 && headers["retry-after"] === undefined) return "503 without Retry-After";
  if (status === 401)
    return /error="([^"]*)"/.exec(headers["www-authenticate"] ?? "")?.[1]?.replace(/^/, "401 ") ?? "401";
  if (status !== 200) return String(status);
  return message.error === undefined ? "done" : `rpc:${message.error.code}`;
}

/** Keeps no connection that the daemons would have to keep as well. */
const fetchOnce: Fetch = (url, init = {}) =>
  fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), connection: "close" } });

/** The connection broke, or there was none. */
export function isCut(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return /^(ECONN|EPIPE|ENOENT|EAGAIN|UND_ERR)/.test(code ?? cause?.code ?? "");
}
