import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fetch, OAuthResponse } from "../../src/oauth-client/oauth-request.ts";
import { ScriptedOAuthClient, type Attempt } from "../../src/oauth-client/scripted-oauth-client.ts";
import type { Page } from "../../src/scripted-user/page.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { McpConversation } from "./mcp-conversation.ts";
import type { HttpTarget } from "../../src/mcp-client/http-client.ts";
import { forgejoPageFault, isDisconnect, tokenOutcome, withoutRetryAfter } from "./client-outcome.ts";

/**
 * The steps of one client, in order; each requires those before it. The exchange starts a worker. `initialize` gets
 * what that worker responded, and starts another one in the background, because the Forgejo token of the first has
 * expired; `renewal` is a call that waits for a new worker.
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

/** Longer than every timeout of the daemons in these tests. */
const hangMs = 60_000;
/** Cookie values of at least this length are credentials; shorter ones are preferences such as the language. */
const minSecretLength = 16;

export interface ClientFlowOptions {
  readonly mcpUrl: string;
  readonly forgejoUrl: string;
  readonly user: { readonly id: number; readonly name: string; readonly password: string };
  readonly mcpTarget: HttpTarget;
  /** What the user chooses on the consent page; default: read and write. */
  readonly access?: "read" | "write";
  /** Receives every value that must never appear in a log. */
  readonly secret: (value: string) => void;
}

/** One user with one client, step by step. A step resolves with its outcome, a word of client-outcome.ts. */
export class ClientFlow {
  readonly #options: ClientFlowOptions;
  readonly #scriptedUser: ScriptedUser;
  readonly #client: ScriptedOAuthClient;
  #attempt: Attempt | undefined;
  #consentPage: Page | undefined;
  #atForgejo: URL | undefined;
  #callbackUrl: URL | undefined;
  #code = "";
  #refreshToken = "";
  /** The client's MCP requests, once it has a token. */
  readonly mcp: McpConversation;

  private constructor(options: ClientFlowOptions, client: ScriptedOAuthClient) {
    this.#options = options;
    this.#scriptedUser = new ScriptedUser(options.user);
    this.#client = client;
    this.mcp = new McpConversation(options.mcpTarget, options.user.name, options.secret);
    options.secret(options.user.password);
  }

  static async start(options: ClientFlowOptions): Promise<ClientFlow> {
    return new ClientFlow(options, await ScriptedOAuthClient.register(options.mcpUrl, { fetch: fetchOnce }));
  }

  /** Another client of the same user. */
  another(changes: Pick<ClientFlowOptions, "access"> = {}): Promise<ClientFlow> {
    return ClientFlow.start({ ...this.#options, ...changes });
  }

  get user(): string {
    return this.#options.user.name;
  }

  /** The user's id at Forgejo, which is also the account id. */
  get accountId(): string {
    return String(this.#options.user.id);
  }

  /** Runs all steps before `step`. Throws when one of them fails. */
  async prepare(step: Step): Promise<void> {
    for (const before of steps.slice(0, steps.indexOf(step))) {
      const outcome = await this.runStep(before);
      if (outcome !== "done") throw new Error(`${before}, before ${step}: ${outcome}`);
    }
    // The user's actions at Forgejo are not a step of the client.
    if (step === "callback") await this.#signInAtForgejo();
  }

  /** Runs one step. A call is held in the child while `gateFile` exists, see file-gate.ts. */
  async runStep(step: Step, gateFile?: string): Promise<string> {
    const settled = new AbortController();
    const hang = sleep(hangMs, "hang", { signal: settled.signal }).catch(() => "hang");
    const outcome = this.#run(step, gateFile).catch((error: unknown) => {
      if (isDisconnect(error)) return "cut";
      throw error;
    });
    try {
      return await Promise.race([outcome, hang]);
    } finally {
      settled.abort();
      await this.#recordCookies();
    }
  }

  /** Revokes the grant. Throws on any status but 200, which RFC 7009 requires even for an unknown token. */
  async revoke(): Promise<void> {
    const { status } = await this.#client.revoke(this.#refreshToken);
    if (status !== 200) throw new Error(`The revocation got status ${status}`);
  }

  #run(step: Step, gateFile: string | undefined): Promise<string> {
    const actions: Readonly<Record<Step, () => Promise<string>>> = {
      authorize: () => this.#authorize(),
      consent: () => this.#consent(),
      callback: () => this.#callback(),
      exchange: () => this.#exchange(),
      refresh: () => this.#refresh(),
      initialize: () => this.mcp.initialize(),
      call: () => this.mcp.call(gateFile),
      renewal: () => this.mcp.call(gateFile),
      stream: () => this.mcp.listen(),
    };
    return actions[step]();
  }

  async #authorize(): Promise<string> {
    this.#callbackUrl = undefined;
    this.#attempt = this.#client.authorize();
    this.#options.secret(this.#attempt.state);
    this.#options.secret(this.#attempt.pkce.verifier);
    const page = await this.#scriptedUser.visit(this.#attempt.url, { stopAt: this.#client.redirectUri });
    if (page.form({ button: "Allow" }) === undefined) return this.#pageOutcome(page);
    this.#consentPage = page;
    return "done";
  }

  /** Ends at the redirect to Forgejo. */
  async #consent(): Promise<string> {
    const url = this.#consentPage!.url;
    // Stops at the response to the form, before Forgejo's pages.
    const toForgejo = (to: URL) => to.origin === this.#options.forgejoUrl || this.#isOfClient(to);
    const again = await this.#scriptedUser.visit(url, { stopAt: toForgejo });
    if (again.form({ button: "Allow" }) === undefined) return this.#pageOutcome(again);
    const { access } = this.#options;
    const page = await again.confirm("Allow", { toolset: toolsets, ...(access && { access }) });
    if (page.externalRedirect?.origin !== this.#options.forgejoUrl) return this.#pageOutcome(page);
    this.#atForgejo = page.externalRedirect;
    this.#options.secret(page.externalRedirect.searchParams.get("state")!);
    return "done";
  }

  async #signInAtForgejo(): Promise<void> {
    const stopAt = (to: URL) => to.pathname === "/oauth/callback";
    this.#callbackUrl = await this.#scriptedUser.signInAndAllow(this.#atForgejo!, { stopAt });
    this.#options.secret(this.#callbackUrl.searchParams.get("code")!);
  }

  async #callback(): Promise<string> {
    if (this.#callbackUrl === undefined) {
      const failed = await this.#signInAtForgejo().catch((error: Error) => error);
      if (failed?.message.startsWith("The sign-in ends at") === true) return forgejoPageFault;
      if (failed !== undefined) throw failed;
    }
    let page = await this.#scriptedUser.visit(this.#callbackUrl!, { stopAt: this.#client.redirectUri });
    // Forgejo asks for consent again when its grant was revoked meanwhile.
    const button = { name: "granted", value: "true" };
    if (page.form({ button }) !== undefined) page = await page.submit({ button });
    const back = page.externalRedirect;
    const code = back?.searchParams.get("code");
    if (code === null || code === undefined) return this.#pageOutcome(page);
    if (!this.#isOwnResponse(back!)) return "redirect with a foreign state or issuer";
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

  #tokens(response: OAuthResponse): string {
    const { body } = response;
    const outcome = tokenOutcome(response);
    if (outcome !== "done") return outcome;
    this.mcp.accessToken = String(body.access_token);
    this.#refreshToken = String(body.refresh_token);
    this.#options.secret(this.mcp.accessToken);
    this.#options.secret(this.#refreshToken);
    return "done";
  }

  async #recordCookies(): Promise<void> {
    for (const value of await this.#scriptedUser.cookies.values()) {
      if (value.length >= minSecretLength) this.#options.secret(value);
    }
  }

  #pageOutcome(page: Page): string {
    const error = page.externalRedirect?.searchParams.get("error");
    if (error !== null && error !== undefined) {
      return this.#isOwnResponse(page.externalRedirect!)
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
  #isOwnResponse(url: URL): boolean {
    const { searchParams } = url;
    return (
      searchParams.get("state") === this.#attempt?.state &&
      searchParams.get("iss") === this.#client.server.issuer
    );
  }
}

/** Opens a connection per request, so that the socket counts of the daemons show no idle connection of a client. */
const fetchOnce: Fetch = (url, init = {}) =>
  fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), connection: "close" } });
