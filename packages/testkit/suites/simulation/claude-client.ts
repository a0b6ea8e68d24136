import { setTimeout as sleep } from "node:timers/promises";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { Fetch, OAuthResponse } from "../../src/oauth-client/oauth-request.ts";
import { ScriptedOAuthClient } from "../../src/oauth-client/scripted-oauth-client.ts";
import { ScriptedUser } from "../../src/scripted-user/scripted-user.ts";
import { isDisconnect } from "../faults/client-outcome.ts";
import { postMcp, type McpResponse } from "../faults/mcp-request.ts";
import { seededRandom } from "../faults/random.ts";
import type { Installation } from "./installation.ts";
import type { Conversation } from "./schedule.ts";

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresAtMs: number;
}

export interface ClaudeOptions {
  readonly installation: Installation;
  /** A user of the sandbox Forgejo. */
  readonly userName: string;
  /** Of what it draws until it is signed in. */
  readonly seed: number;
}

const redirectUri = "https://claude.ai/api/mcp/auth_callback";
/** Claude's requests come from many addresses of one range; here, from each in turn. */
const egressAddresses = ["160.79.104.10", "160.79.106.35"];
const refreshAfterExchangeSec = 1.15;
const maxRefreshEarlyMs = 5 * 60_000;
/** How many conversations begin with the id of a session that has ended. */
const staleSessionShare = 0.2;
/** In how many refreshes the first of both responses is lost. */
const lostResponseShare = 0.2;
const maxSecondRefreshDelayMs = 50;
const retryMs = 100;
/** A client gives up on a call or a refresh after so many responses that ask to try again: half a minute. */
const maxRetries = 300;

/**
 * A client that behaves as Claude does: it sends each refresh from two addresses, the first one right after the exchange of
 * the code, up to 5 minutes early but never in mid-conversation, it may lose the response to one of them, and it keeps
 * the ids of old sessions.
 */
export class ClaudeClient {
  readonly #options: ClaudeOptions;
  readonly #client: ScriptedOAuthClient;
  /** Of the conversation. */
  #random: () => number;
  #tokens: Tokens | undefined;
  #refreshing: Promise<void> | undefined;
  #sessionId: string | undefined;
  /** The access token with which the conversation began. */
  #conversationToken: Tokens | undefined;
  /** Why the user would have had to sign in again. */
  readonly signOuts: string[] = [];
  /** Responses that a client cannot explain. */
  readonly faults: string[] = [];
  /** The messages of calls that failed while a part was away. */
  readonly failedCalls: string[] = [];
  readonly counts = { calls: 0, refreshes: 0, sessions: 0 };

  private constructor(options: ClaudeOptions, client: ScriptedOAuthClient) {
    this.#options = options;
    this.#client = client;
    this.#random = seededRandom(options.seed);
  }

  /** Registers twice, as Claude does, signs its user in, and refreshes at once. */
  static async signIn(options: ClaudeOptions): Promise<ClaudeClient> {
    const { installation, userName } = options;
    const metadata = { client_name: "Claude", redirect_uris: [redirectUri] };
    let requests = 0;
    const fromAnyAddress: Fetch = (url, init) => {
      const address = egressAddresses[requests++ % egressAddresses.length]!;
      return fetch(url, { ...init, headers: { ...headersOf(init), "x-forwarded-for": address } });
    };
    const register = () =>
      ScriptedOAuthClient.register(installation.mcpUrl, { metadata, fetch: fromAnyAddress });
    await register();
    const claude = new ClaudeClient(options, await register());
    const user = installation.forgejo.users.find(({ name }) => name === userName)!;
    const attempt = claude.#client.authorize();
    const back = await new ScriptedUser(user).signInAndAllow(attempt.url, { stopAt: redirectUri, toolsets });
    claude.#keep(await claude.#client.exchange(attempt, back.searchParams.get("code")!));
    await installation.passTime(refreshAfterExchangeSec);
    await claude.#refresh();
    return claude;
  }

  /** Whether its next conversation may begin with a refresh. */
  get mayRefresh(): boolean {
    return this.#tokens!.expiresAtMs - Date.now() < maxRefreshEarlyMs;
  }

  /** Makes calls, in a new conversation or in that of the last time; none once its user is signed out. */
  async converse({ calls, isNew, seed }: Conversation): Promise<void> {
    if (this.signOuts.length > 0) return;
    this.#random = seededRandom(seed);
    if (isNew || this.#conversationToken === undefined) {
      if (this.#random() < staleSessionShare) this.#sessionId = `a-session-that-has-ended-${seed}`;
      const earlyMs = this.#random() * maxRefreshEarlyMs;
      if (this.#tokens!.expiresAtMs - Date.now() < earlyMs) await this.#refresh();
      this.#conversationToken = this.#tokens;
    }
    for (let call = 0; call < calls; call += 1) await this.#callTool();
  }

  /** One call, which may open a session and refresh once. */
  async #callTool(): Promise<void> {
    this.counts.calls += 1;
    const name = { name: "whoami", arguments: {} };
    const message = await this.#request("tools/call", name);
    const text = message?.result?.content?.[0]?.text;
    if (text === undefined) this.failedCalls.push(message?.error?.message ?? "no session");
    else if (text !== this.#options.userName) this.faults.push(text);
  }

  async #request(method: string, params: object): Promise<McpResponse["message"] | undefined> {
    let hasRefreshed = false;
    let isReplayed = false;
    for (let tries = 0; tries < maxRetries; tries += 1) {
      if (this.#sessionId === undefined) {
        if (method !== "initialize" && (await this.#initialize()) === undefined) return undefined;
      }
      const used = this.#conversationToken!;
      const response = await this.#post(used, method, params);
      if (response?.status === 200) return this.#received(method, response);
      if (response?.status === 401) {
        if (hasRefreshed) return this.#signedOut(`401 after a refresh, in ${method}`);
        hasRefreshed = true;
        if (this.#tokens === used) await this.#refresh();
        this.#conversationToken = this.#tokens;
      } else if (response?.status === 404) {
        if (isReplayed) this.#sessionId = undefined;
        isReplayed = true;
      } else {
        const status = response?.status;
        if (status !== undefined && ![502, 503].includes(status)) this.faults.push(`status ${status}`);
        await sleep(retryMs);
      }
    }
    this.faults.push(`no response to ${method}`);
    return undefined;
  }

  #received(method: string, { headers, message }: McpResponse): McpResponse["message"] {
    if (method === "initialize" && message.result !== undefined) {
      this.#sessionId = String(headers["mcp-session-id"]);
      this.counts.sessions += 1;
    }
    return message;
  }

  async #initialize(): Promise<unknown> {
    const clientInfo = { name: "Anthropic/ClaudeAI", version: "1.0.0" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    return (await this.#request("initialize", params))?.result;
  }

  /** Undefined when the connection broke. */
  async #post({ accessToken }: Tokens, method: string, params: object): Promise<McpResponse | undefined> {
    const sessionId = method === "initialize" ? undefined : this.#sessionId;
    const message = { jsonrpc: "2.0", id: 1, method, params };
    try {
      return await postMcp(this.#options.installation.mcpTarget, { accessToken, sessionId }, message);
    } catch (error) {
      if (isDisconnect(error)) return undefined;
      throw error;
    }
  }

  /** Once for all conversations that need it. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshTwice().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Sends the same refresh twice, until one of them gets tokens. */
  async #refreshTwice(): Promise<void> {
    const { refreshToken } = this.#tokens!;
    this.counts.refreshes += 1;
    for (let tries = 0; tries < maxRetries; tries += 1) {
      const losesFirst = this.#random() < lostResponseShare;
      const delayMs = this.#random() * maxSecondRefreshDelayMs;
      const [first, second] = await Promise.all([
        this.#sendRefresh(refreshToken),
        sleep(delayMs).then(() => this.#sendRefresh(refreshToken)),
      ]);
      for (const response of [first, second]) {
        if (response === undefined || ![400, 401].includes(response.status)) continue;
        return this.#signedOut(`${response.status} ${response.text}`);
      }
      const successors = new Set(
        [first, second].flatMap((response) =>
          response?.status === 200 ? [response.body.refresh_token] : [],
        ),
      );
      if (successors.size > 1) this.faults.push("two successors of one refresh token");
      const received = (losesFirst ? [second] : [first, second]).find((response) => response?.status === 200);
      if (received !== undefined) return this.#keep(received);
      await sleep(retryMs);
    }
    return this.#signedOut("no response to a refresh");
  }

  /** Undefined when the connection broke. */
  async #sendRefresh(refreshToken: string): Promise<OAuthResponse | undefined> {
    try {
      return await this.#client.refresh(refreshToken);
    } catch (error) {
      if (isDisconnect(error)) return undefined;
      throw error;
    }
  }

  #keep({ status, text, body }: OAuthResponse): void {
    if (status !== 200) throw new Error(`no tokens: ${status} ${text}`);
    this.#tokens = {
      accessToken: String(body.access_token),
      refreshToken: String(body.refresh_token),
      expiresAtMs: Date.now() + Number(body.expires_in) * 1000,
    };
  }

  #signedOut(reason: string): undefined {
    this.signOuts.push(`${this.#options.userName}: ${reason}`);
  }
}

function headersOf(init: RequestInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(init?.headers).entries());
}
