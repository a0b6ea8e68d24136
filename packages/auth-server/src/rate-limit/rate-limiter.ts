/**
 * Requests in a minute. Those by address are far beyond what the users of one network need, and bound what one stranger
 * can cause: with 60 authorization requests a minute, none displaces the pending logins of others (5,000 are kept), and
 * with 300 pages a minute, none displaces those that wait for Forgejo (20,000 are kept, for half an hour).
 */
export const rateLimits = {
  /** By address: registrations. */
  registration: 60,
  /** By address: authorization requests, each of which is stored. */
  authorization: 60,
  /** By address: the token and the revocation endpoint. */
  token: 300,
  /** By address: requests of devices for a code, each of which is stored (RFC 8628 §3.1). */
  deviceCode: 30,
  /** By address: the page where the code of a device is typed, which guesses would need (RFC 8628 §5.1). */
  userCode: 60,
  /** By address: sign-ins to the page of connections, each of which is stored. */
  signIn: 60,
  /** By address: everything else that a browser opens and that is not the same for all users. */
  page: 300,
  /** By account and client: codes and refresh tokens that are valid. A client that refreshes in a loop reaches it. */
  account: 600,
  /** By account: requests of allowed devices for their first tokens; many machines may be set up at once. */
  accountDevices: 120,
  /** By account: new personal tokens. */
  personalToken: 10,
} as const;

export type RateLimit = keyof typeof rateLimits;

/** Counts requests over all processes. */
export interface RateLimiter {
  /**
   * Counts one request of `subject`. Resolves with the seconds to wait when the limit is reached, else with undefined; so
   * it does while the store is away, since a limit must not sign out any user. Never rejects.
   */
  consume(limit: RateLimit, subject: string): Promise<number | undefined>;
}

/** For installations that limit requests elsewhere. */
export const noRateLimiter: RateLimiter = { consume: async () => undefined };
