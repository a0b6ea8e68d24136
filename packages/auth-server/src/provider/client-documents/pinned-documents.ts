import { type ClientDocument, readClientDocument } from "./client-document.ts";

/** A client's document as it was seen, for hosts that cannot read it: without egress, or to whose network the site responds with 403. */
interface Pin {
  readonly url: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
}

/** As seen on 20 November 2026. A loopback redirect has no port: any will do (RFC 8252 §7.3). */
const pins: readonly Pin[] = [
  {
    url: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    name: "Claude",
    redirectUris: ["https://claude.ai/api/mcp/auth_callback"],
  },
  {
    url: "https://claude.ai/oauth/claude-code-client-metadata",
    name: "Claude Code",
    redirectUris: loopback("/callback"),
  },
  {
    url: "https://chatgpt.com/oauth/client.json",
    name: "ChatGPT",
    redirectUris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
  },
  {
    url: "https://chatgpt.com/oauth/codex/client.json",
    name: "Codex",
    redirectUris: loopback("/callback"),
  },
  {
    url: "https://github.com/copilot/cli/client-metadata.json",
    name: "GitHub Copilot CLI",
    redirectUris: [...loopback("/callback"), ...loopback("/")],
  },
  {
    url: "https://vscode.dev/oauth/client-metadata.json",
    name: "Visual Studio Code",
    redirectUris: ["https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect", ...loopback("/")],
  },
];

/** ChatGPT has a document for each connector, `/oauth/<id>/client.json`, which redirects to that connector alone. */
const chatGptConnector = /^https:\/\/chatgpt\.com\/oauth\/([A-Za-z0-9_-]{1,64})\/client\.json$/;

/** The pinned document of this URL, the administrator's before our own; undefined when there is none. */
export type FindPin = (url: string) => ClientDocument | undefined;

/** `own` are the administrator's documents: each is used in place of ours of the same URL. */
export function createFindPin(own: readonly ClientDocument[] = []): FindPin {
  const known = new Map(pins.map((pin) => [pin.url, documentOf(pin)]));
  for (const document of own) known.set(document.client_id, document);
  return (url) => known.get(url) ?? connectorDocument(url);
}

function connectorDocument(url: string): ClientDocument | undefined {
  const id = chatGptConnector.exec(url)?.[1];
  if (id === undefined) return undefined;
  return documentOf({
    url,
    name: "ChatGPT",
    redirectUris: [`https://chatgpt.com/connector/oauth/${id}`],
  });
}

function documentOf({ url, name, redirectUris }: Pin): ClientDocument {
  const published = {
    client_id: url,
    client_name: name,
    redirect_uris: redirectUris,
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  };
  return readClientDocument(JSON.stringify(published), url);
}

function loopback(path: string): string[] {
  return [`http://localhost${path}`, `http://127.0.0.1${path}`];
}
