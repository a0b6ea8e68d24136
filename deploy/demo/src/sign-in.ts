import type { Outcome } from "./step-runner.ts";

/** Walks the client's authorize URL through consent and login, up to the redirect to the client. */
export interface SignIn {
  /** Where the client is redirected to. */
  readonly redirectUrl: string;
  /** fjmcp's own consent page. */
  consent(authorizeUrl: URL): Promise<Outcome<void>>;
  /** Forgejo's login; resolves with the redirect to the client. */
  login(): Promise<Outcome<URL>>;
  close(): void;
}
