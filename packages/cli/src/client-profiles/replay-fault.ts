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
