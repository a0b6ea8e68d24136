/** The name under which every client keeps this server. */
const serverName = "forgejo";

/** How a client is set up: by words of its own menus, by commands of its own, or by a link that it opens. */
export interface ClientSetup {
  readonly name: string;
  /** Its page in `docs/setup/clients`. */
  readonly document: string;
  readonly menu?: string;
  /** To choose beside the address. */
  readonly choice?: string;
  /** One after the other. */
  readonly commands?: readonly string[];
  /** A command to run in the client afterwards. */
  readonly followUp?: string;
  readonly link?: string;
}

/** The clients that have a page in `docs/setup/clients`, which says the same of each. */
export function clientSetups(mcpUrl: string): readonly ClientSetup[] {
  return [
    {
      name: "Claude",
      document: "claude.md",
      menu: "Settings → Connectors → Add custom connector",
    },
    {
      name: "ChatGPT",
      document: "chatgpt.md",
      menu: "Settings → Connectors → Create",
      choice: "OAuth",
    },
    { name: "VS Code", document: "vs-code.md", link: vsCodeLink(mcpUrl) },
    { name: "Cursor", document: "cursor.md", link: cursorLink(mcpUrl) },
    {
      name: "Claude Code",
      document: "claude-code.md",
      commands: [`claude mcp add --transport http ${serverName} ${mcpUrl}`],
      followUp: "/mcp",
    },
    { name: "Codex", document: "codex.md", commands: [`codex mcp add ${serverName} --url ${mcpUrl}`] },
    {
      name: "Gemini CLI",
      document: "gemini-cli.md",
      commands: [`gemini mcp add --scope user --transport http ${serverName} ${mcpUrl}`],
      followUp: `/mcp auth ${serverName}`,
    },
    {
      name: "Copilot CLI",
      document: "copilot-cli.md",
      commands: [`copilot mcp add --transport http ${serverName} ${mcpUrl}`],
      followUp: `/mcp auth ${serverName}`,
    },
    {
      name: "OpenCode",
      document: "opencode.md",
      commands: [`opencode mcp add ${serverName} --url ${mcpUrl}`, `opencode mcp auth ${serverName}`],
    },
    {
      name: "Qwen Code",
      document: "qwen-code.md",
      commands: [`qwen mcp add --scope user --transport http ${serverName} ${mcpUrl}`],
      followUp: "/mcp",
    },
    {
      name: "mcporter",
      document: "mcporter.md",
      commands: [
        `mcporter config add ${serverName} ${mcpUrl} --scope home --auth oauth --oauth-redirect-url http://127.0.0.1:3434/callback`,
        `mcporter auth ${serverName}`,
      ],
    },
  ];
}

/** The command for a client that only starts programs: its page is `mcp-remote.md`. */
export function stdioCommand(mcpUrl: string): string {
  return `npx mcp-remote ${mcpUrl}`;
}

/** Opens VS Code, which asks before it adds the server. */
function vsCodeLink(url: string): string {
  const server = { name: serverName, type: "http", url };
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify(server))}`;
}

/** Opens Cursor, which asks before it adds the server. */
function cursorLink(url: string): string {
  const config = Buffer.from(JSON.stringify({ url })).toString("base64");
  return `cursor://anysphere.cursor-deeplink/mcp/install?${new URLSearchParams({ name: serverName, config }).toString()}`;
}
