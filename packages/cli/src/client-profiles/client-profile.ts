/**
 * Form or query parameters; a list is sent as several of the same name. In all texts of a profile, `{resource}` stands for
 * the MCP endpoint, `{scopes}` for the server's `scopes_supported`.
 */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** A request to the MCP endpoint. */
export interface McpRequest {
  /** Default: POST. */
  readonly method?: "POST" | "GET" | "HEAD" | "DELETE";
  /** Beside the content type, and an Accept of JSON and event streams. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What one MCP client sends, from the URL that its user has typed to its first list of tools. */
export interface ClientProfile {
  readonly name: string;
  /** The version that was recorded, or `documented` for what is known from its vendor and from reports. */
  readonly version: string;
  /** Its requests to the MCP endpoint without a token, before its user signs in. */
  readonly probes: readonly [McpRequest, ...McpRequest[]];
  /** Where it looks for the protected resource's metadata (RFC 9728): paths, or the URL of the challenge. */
  readonly resourceMetadata: readonly ("challenge" | `/${string}`)[];
  /** Where it looks for the authorization server's metadata (RFC 8414). */
  readonly serverMetadata: readonly `/${string}`[];
  /** Of a client that runs in a web page: the page's origin, whose requests a browser checks first (CORS). */
  readonly origin?: string;
  readonly logins: readonly [ClientLogin, ...ClientLogin[]];
  readonly mcp: McpHabits;
}

/** One of the ways in which a client signs its user in. */
export interface ClientLogin {
  /** For reports, such as `registered`. */
  readonly way: string;
  /** Its Client ID Metadata Document, or the body of its registration (RFC 7591). */
  readonly client:
    | { readonly document: string }
    | { readonly registration: Readonly<Record<string, unknown>> };
  readonly redirectUri: string;
  /** Of the authorization request, beside what OAuth 2.1 demands. */
  readonly authorize: Parameters;
  /** Of the token request for the code, beside what OAuth 2.1 demands. */
  readonly token: Parameters;
  /** Of a refresh, beside the token. Absent: it does not refresh. */
  readonly refresh?: Parameters;
  /** Default: `none`, or what the registration's response names. */
  readonly authentication?: "none" | "client_secret_basic" | "client_secret_post";
  /** It sends the same refresh token twice at once, from two processes or addresses. */
  readonly refreshesTwice?: true;
  /** It registers twice at once, from two processes or addresses, and goes on with either id. */
  readonly registersTwice?: true;
  /** A registration that it sends as well, and that must be rejected. */
  readonly registersInVain?: Readonly<Record<string, unknown>>;
  /** It registers anew once the server does not know it, which it must learn from `invalid_client`. */
  readonly registersAgain?: true;
  /** It registers at every start, and presents the refresh token of before under the new id. */
  readonly refreshesUnderNewId?: true;
  /** Its logout revokes the refresh token, then the access token. */
  readonly revokesBoth?: true;
}

/** What a client does at the MCP endpoint once it has a token. */
export interface McpHabits {
  /** Before `initialize`. It goes on whatever the response is, but for 401 and 5xx. */
  readonly opens?: readonly McpRequest[];
  /** The params of `initialize`. Absent: it speaks without sessions. */
  readonly initialize?: Readonly<Record<string, unknown>> & { readonly protocolVersion: string };
  /** On every request after `initialize`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** It leaves the session id out of `notifications/initialized`. */
  readonly initializedWithoutSession?: true;
  /** It ends its session with DELETE; some clients send no token with that. */
  readonly endsSession?: "with its token" | "without a token";
  /** The request for the list of tools of a client without sessions. */
  readonly listsTools?: McpRequest;
}
