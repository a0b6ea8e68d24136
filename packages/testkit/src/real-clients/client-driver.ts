import type { UserBrowser } from "./user-browser.ts";

interface SignOut {
  /** Whether the client revokes its tokens (RFC 7009); otherwise they live on until they expire. */
  readonly revokes: boolean;
  run(): Promise<void>;
}

/** A client that a test drives; each method rejects with what the client shows its user. */
export interface ClientDriver {
  /** The names of the tools. */
  listTools(): Promise<readonly string[]>;
  /** The text of the tool's result. Rejects where the result is an error. */
  callTool(name: string, given: Readonly<Record<string, unknown>>): Promise<string>;
  /** Starts the client anew, with what it has stored; the user signs in where the client needs a command for that. */
  restart(): Promise<void>;
  /** Whether the client fails on results whose text is a list in JSON. */
  readonly failsOnLists?: boolean;
  /** Whether the client, started anew after a sign-in, may ask for another one. */
  readonly forgetsSignIns?: boolean;
  /** Clears the tokens that the client has stored; undefined where it has no command for that. */
  readonly signOut?: SignOut;
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
