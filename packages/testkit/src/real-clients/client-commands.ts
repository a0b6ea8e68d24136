/** One step of a user in front of a program on a terminal. */
interface DialogueStep {
  /** What the program shows before the user acts. */
  readonly awaits: string;
  /** Typed first, and then confirmed with the enter key. */
  readonly types?: string;
  /** Keys that are pressed. */
  readonly presses?: readonly ("enter" | "down")[];
}

/** A conversation with a program on a terminal. */
export interface Dialogue {
  readonly steps: readonly DialogueStep[];
  /** What the program shows in the end. */
  readonly end: string;
}

/** The commands of a client, as its page in `docs/setup/clients` shows them and as the suite `clients` runs them. */
export interface ClientCommands {
  /** Adds the server to the client's configuration. */
  readonly add: string;
  /** Whether `add` opens the browser, too. */
  readonly addSignsIn?: boolean;
  /** Opens the browser for the user to sign in. */
  readonly signIn: string;
  /** What the user does in the program that `signIn` starts; undefined where it asks nothing and ends by itself. */
  readonly signInDialogue?: Dialogue;
  /** Clears the tokens that the client has stored; undefined where it has no such command. */
  readonly signOut?: string;
  /** Whether `signOut` revokes the tokens, too (RFC 7009). */
  readonly signOutRevokes?: boolean;
}

/** How a client is installed and set up from a terminal. */
export interface TerminalClient {
  readonly name: string;
  /** Its package on npm. */
  readonly npmPackage: string;
  /** Its page in `docs/setup/clients`. */
  readonly document: string;
  readonly commands: (mcpUrl: string) => ClientCommands;
}

/** The clients of the suite `clients`, by the name that its environment variables use. */
export const terminalClients = {
  "claude-code": {
    name: "Claude Code",
    npmPackage: "@anthropic-ai/claude-code",
    document: "claude-code.md",
    commands: (mcpUrl) => ({
      add: `claude mcp add --transport http forgejo ${mcpUrl}`,
      signIn: "claude mcp login forgejo",
      signOut: "claude mcp logout forgejo",
      signOutRevokes: true,
    }),
  },
  codex: {
    name: "Codex",
    npmPackage: "@openai/codex",
    document: "codex.md",
    commands: (mcpUrl) => ({
      add: `codex mcp add forgejo --url ${mcpUrl}`,
      addSignsIn: true,
      signIn: "codex mcp login forgejo",
      signOut: "codex mcp logout forgejo",
    }),
  },
  "copilot-cli": {
    name: "GitHub Copilot CLI",
    npmPackage: "@github/copilot",
    document: "copilot-cli.md",
    commands: (mcpUrl) => ({
      add: `copilot mcp add --transport http forgejo ${mcpUrl}`,
      signIn: "copilot",
      signInDialogue: {
        steps: [{ awaits: "Do you trust the files in this folder?", presses: ["enter"] }],
        end: "1 server connected",
      },
    }),
  },
  "gemini-cli": {
    name: "Gemini CLI",
    npmPackage: "@google/gemini-cli",
    document: "gemini-cli.md",
    commands: (mcpUrl) => ({
      add: `gemini mcp add --scope user --transport http forgejo ${mcpUrl}`,
      signIn: "gemini",
      signInDialogue: {
        steps: [
          { awaits: "Type your message", types: "/mcp auth forgejo" },
          { awaits: "Do you want to continue?", presses: ["enter"] },
        ],
        end: "Successfully authenticated and reloaded tools",
      },
    }),
  },
  mcporter: {
    name: "mcporter",
    npmPackage: "mcporter",
    document: "mcporter.md",
    commands: (mcpUrl) => ({
      add: `mcporter config add forgejo ${mcpUrl} --scope home --auth oauth --oauth-redirect-url http://127.0.0.1:3434/callback`,
      signIn: "mcporter auth forgejo",
      signOut: "mcporter config logout forgejo",
    }),
  },
  opencode: {
    name: "OpenCode",
    npmPackage: "opencode-ai",
    document: "opencode.md",
    commands: (mcpUrl) => ({
      add: `opencode mcp add forgejo --url ${mcpUrl}`,
      signIn: "opencode mcp auth forgejo",
      signOut: "opencode mcp logout forgejo",
    }),
  },
  "qwen-code": {
    name: "Qwen Code",
    npmPackage: "@qwen-code/qwen-code",
    document: "qwen-code.md",
    commands: (mcpUrl) => ({
      add: `qwen mcp add --scope user --transport http forgejo ${mcpUrl}`,
      signIn: "qwen",
      signInDialogue: {
        steps: [
          { awaits: "Type your message", types: "/mcp" },
          { awaits: "Manage MCP servers", presses: ["enter"] },
          { awaits: "Authenticate", presses: ["down", "down", "enter"] },
        ],
        end: "✓ connected",
      },
    }),
  },
} as const satisfies Readonly<Record<string, TerminalClient>>;

/** The Inspector's web page: what its user reads on it, as `docs/setup/clients/mcp-inspector.md` and the suite have it. */
export const inspectorWebPage = {
  name: "MCP Inspector",
  npmPackage: "@modelcontextprotocol/inspector",
  document: "mcp-inspector.md",
  addServers: "Add Servers",
  addManually: "Add manually",
  serverId: "forgejo",
  transport: "streamable-http",
  add: "Add",
  execute: "Execute Tool",
} as const;

/** What starts mcp-remote, as `docs/setup/clients/mcp-remote.md` and the suite `sdk-clients` have it. */
export const mcpRemote = {
  name: "mcp-remote",
  document: "mcp-remote.md",
  program: "npx mcp-remote",
  arguments: (mcpUrl: string): readonly string[] => [mcpUrl],
  /** For a machine without a browser. */
  deviceOption: "--device-code",
} as const;
