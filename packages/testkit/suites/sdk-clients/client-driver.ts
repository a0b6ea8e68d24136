import type { UserBrowser } from "./user-browser.ts";

/** A client that a test drives; each method rejects with what the client shows its user. */
export interface ClientDriver {
  /** The names of the tools. */
  listTools(): Promise<readonly string[]>;
  /** The text of the tool's result. Rejects where the result is an error. */
  callTool(name: string, given: Readonly<Record<string, unknown>>): Promise<string>;
  /** Starts the client anew, with what it has stored. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Where a client runs. */
export interface ClientPlace {
  readonly mcpUrl: string;
  readonly browser: UserBrowser;
  /** An empty folder, for a home. */
  readonly home: string;
}

export type StartClient = (place: ClientPlace) => Promise<ClientDriver>;
