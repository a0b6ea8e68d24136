import { setTimeout as sleep } from "node:timers/promises";
import type { Fetch, OAuthAnswer } from "../../src/oauth-client/oauth-answer.ts";
import { ScriptedOAuthClient, type Attempt } from "../../src/oauth-client/scripted-oauth-client.ts";
import type { Page } from "../../src/scripted-user/page.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { Conversation } from "./mcp-conversation.ts";
import type { McpTarget } from "./mcp-request.ts";
import { forgejosOwnFault, isCut, tokensSeen, withoutRetryAfter } from "./client-outcome.ts";

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
const boundMs = 60_000;
/** A cookie that says who somebody is, not which language they speak. */
const secretLength = 16;

export interface FlowOptions {
  readonly mcpUrl: string;
  readonly forgejoUrl: string;
  readonly user: { readonly id: number; readonly name: string; readonly password: string };
  readonly mcpTarget: McpTarget;
  /** Told of everything that must never stand in a log. */
  readonly secret: (value: string) => void;
}

/** One person with one client, taken step by step. A step answers with what the client saw, in the words of seen.ts. */
export class Flow {
  readonly #options: FlowOptions;
  readonly #person: ScriptedUser;
  readonly #client: ScriptedOAuthClient;
  #attempt: Attempt | undefined;
  #consentPage: Page | undefined;
  #atForgejo: URL | undefined;
  #callbackUrl: URL | undefined;
  #code = "";
  #refreshToken = "";
  /** What the client does once it has a token. */
  readonly mcp: Conversation;

  private constructor(options: FlowOptions, client: ScriptedOAuthClient) {
    this.#options = options;
    this.#person = new ScriptedUser(options.user);
    this.#client = client;
    this.mcp = new Conversation(options.mcpTarget, options.user.name, options.secret);
    options.secret(options.user.password);
  }

  static async start(options: FlowOptions): Promise<Flow> {
    return new Flow(options, await ScriptedOAuthClient.register(options.mcpUrl, { fetch: fetchOnce }));
  }

  get user(): string {
    return this.#options.user.name;
  }

  /** The id at Forgejo, and so ours. */
  get accountId(): string {
    return String(this.#options.user.id);
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

  /** Takes one step. A call is held in the child as long as there is the file `hold`, see until-gone.ts. */
  async take(step: Step, hold?: string): Promise<string> {
    const bound = new AbortController();
    const hang = sleep(boundMs, "hang", { signal: bound.signal }).catch(() => "hang");
    const taken = this.#take(step, hold).catch((error: unknown) => {
      if (isCut(error)) return "cut";
      throw error;
    });
    try {
      return await Promise.race([taken, hang]);
    } finally {
      bound.abort();
      await this.#noteCookies();
    }
  }

  /** Ends the grant; RFC 7009 answers 200 in any case. */
  async revoke(): Promise<void> {
    const { status } = await this.#client.revoke(this.#refreshToken);
    if (status !== 200) throw new Error(`The revocation was answered with ${status}`);
  }

  #take(step: Step, hold: string | undefined): Promise<string> {
    const takes: Readonly<Record<Step, () => Promise<string>>> = {
      authorize: () => this.#authorize(),
      consent: () => this.#consent(),
      callback: () => this.#callback(),
      exchange: () => this.#exchange(),
      refresh: () => this.#refresh(),
      initialize: () => this.mcp.initialize(),
      call: () => this.mcp.call(hold),
      renewal: () => this.mcp.call(hold),
      stream: () => this.mcp.listen(),
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
    if (page.externalRedirect?.origin !== this.#options.forgejoUrl) return this.#pageSeen(page);
    this.#atForgejo = page.externalRedirect;
    this.#options.secret(page.externalRedirect.searchParams.get("state")!);
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
      if (failed?.message.startsWith("The way ends at") === true) return forgejosOwnFault;
      if (failed !== undefined) throw failed;
    }
    const page = await this.#person.visit(this.#callbackUrl!, { stopAt: this.#client.redirectUri });
    const back = page.externalRedirect;
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

  #tokens(answer: OAuthAnswer): string {
    const { body } = answer;
    const seen = tokensSeen(answer);
    if (seen !== "done") return seen;
    this.mcp.accessToken = String(body["access_token"]);
    this.#refreshToken = String(body["refresh_token"]);
    this.#options.secret(this.mcp.accessToken);
    this.#options.secret(this.#refreshToken);
    return "done";
  }

  async #noteCookies(): Promise<void> {
    for (const value of await this.#person.cookies.values()) {
      if (value.length >= secretLength) this.#options.secret(value);
    }
  }

  #pageSeen(page: Page): string {
    const error = page.externalRedirect?.searchParams.get("error");
    if (error !== null && error !== undefined) {
      return this.#isOwnAnswer(page.externalRedirect!)
        ? `redirect:${error}`
        : "redirect with a foreign state or issuer";
    }
    if (page.status === 503 && page.headers["retry-after"] === undefined) return withoutRetryAfter;
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

/** Keeps no connection that the daemons would have to keep as well. */
const fetchOnce: Fetch = (url, init = {}) =>
  fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), connection: "close" } });
