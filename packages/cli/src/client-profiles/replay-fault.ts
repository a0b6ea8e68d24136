/** What of a client's behaviour the server does not support, with what its user sees then. */
const effects = {
  challenge: "sees a failed connection, and is never offered a login",
  metadata: "sees that this server offers no login",
  registration: "sees that the client could not be registered, before any browser opens",
  authorization: "sees an error in the browser instead of the question whether to allow the client",
  token: "returns from the login and sees that it has failed",
  refresh: "has to sign in again whenever the access token expires",
  tools: "has signed in, and sees no tools",
  session: "sees failing calls after a restart of the server, until the client is restarted",
  end: "sees an error when the client ends its session",
  "sign-in again": "sees failing calls once the access has ended, and is never offered a new login",
} as const;

export type ReplayStep = keyof typeof effects;

/** A step of a profile that did not go as its client needs it. */
export class ReplayFault extends Error {
  readonly step: ReplayStep;

  /** `detail`: what was expected and what came, without secrets. */
  constructor(step: ReplayStep, detail: string) {
    super(`its user ${effects[step]}: ${detail}`);
    this.name = "ReplayFault";
    this.step = step;
  }
}

/** Throws a ReplayFault unless `condition` holds. */
export function require(condition: boolean, step: ReplayStep, detail: string): asserts condition {
  if (!condition) throw new ReplayFault(step, detail);
}

/** The server's own policy does not accept the client; nothing is broken. The message is the server's sentence. */
export class NotAccepted extends Error {
  override readonly name = "NotAccepted";
}

/** Of the server's sentences about its policy (RFC 7591 §3.2.2), and of its page that shows them. */
const policy =
  /\b(?:redirect_uris|this client)\b[^]*?\badministrator of this server (?:has not allowed|does not allow)\b/;

/** Throws NotAccepted when the text says that the administrator does not allow this client. */
export function throwIfNotAccepted(text: string): void {
  const sentence = policy.exec(text)?.[0].trim();
  if (sentence !== undefined) throw new NotAccepted(sentence);
}

/** The setting by which the administrator accepts a client that was rejected with this sentence. */
export function settingOf(sentence: string): string {
  if (sentence.includes("has its document at")) return "FJMCP_CLIENT_HOSTS, FJMCP_CLIENT_HOSTS_DENIED";
  if (sentence.includes("must not lead to")) return "FJMCP_REDIRECT_HOSTS";
  if (sentence.includes("must not use the scheme")) return "FJMCP_REDIRECT_SCHEMES";
  return "FJMCP_REGISTRATION";
}
