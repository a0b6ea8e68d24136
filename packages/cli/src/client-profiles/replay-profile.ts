import { randomBytes } from "node:crypto";
import type { ClientLogin, ClientProfile } from "./client-profile.ts";
import { discoverServer, type DiscoveredServer } from "./discover-server.ts";
import { NotAccepted, ReplayFault } from "./replay-fault.ts";
import { ReplayedLogin, requireRejected } from "./replay-login.ts";
import { listTools, requireChallenge, requireRejectedEnd } from "./replay-mcp.ts";
import { respectingLimits, type ReplayTarget } from "./replay-target.ts";

/** What a replay has found. */
interface ReplayResult {
  readonly client: string;
  /** A sentence about what the client's user would see. */
  readonly problem?: string;
  /** Why the server's own policy does not accept the client, for each way of its login that it does not. */
  readonly notAccepted?: readonly string[];
}

/**
 * Sends what a client sends, in its order, as far as `browse` gets: to the login page with credentials that are made up
 * from there on, or to its tools, a refresh and the end of its access. Rejects only when the server cannot be reached.
 */
export async function replayProfile(profile: ClientProfile, given: ReplayTarget): Promise<ReplayResult> {
  const target = { ...given, fetch: respectingLimits(given.fetch, given.wait) };
  const notAccepted: string[] = [];
  let way = "";
  try {
    const server = await discoverServer(profile, target);
    for (const login of profile.logins) {
      way = ` (${login.way})`;
      await replayLogin(profile, login, server, target).catch((error: unknown) => {
        if (!(error instanceof NotAccepted)) throw error;
        notAccepted.push(`${profile.name}${way}: ${error.message}`);
      });
    }
    return { client: profile.name, ...(notAccepted.length > 0 && { notAccepted }) };
  } catch (error) {
    if (error instanceof ReplayFault)
      return { client: profile.name, problem: `${profile.name}${way}: ${error.message}` };
    throw error;
  }
}

async function replayLogin(
  { probes: [probe], mcp }: ClientProfile,
  login: ClientLogin,
  server: DiscoveredServer,
  target: ReplayTarget,
): Promise<void> {
  const times = login.registersTwice === true ? 2 : 1;
  const registered = Array.from({ length: times }, () => ReplayedLogin.start(login, server, target));
  const [started, other] = await Promise.all(registered);
  const tokensOfOther = await other?.signIn();
  if (tokensOfOther !== undefined) await other!.revoke(tokensOfOther.access_token);
  if (login.registersInVain !== undefined) await requireRejected(login.registersInVain, server, target);
  if (login.registersAgain === true) await ReplayedLogin.requireUnknown(login, server, target);

  const tokens = await started!.signIn();
  if (tokens === undefined) {
    const madeUp = randomBytes(32).toString("base64url");
    if (login.refresh !== undefined) await started!.requireEnded(madeUp);
    await requireRejectedEnd(mcp, madeUp, server, target);
    await requireChallenge(probe, madeUp, server, target);
    return;
  }
  await listTools(mcp, tokens.access_token, server, target);
  if (login.refreshesUnderNewId === true) {
    const next = await ReplayedLogin.start(login, server, target);
    await next.requireEnded(tokens.refresh_token!, "the refresh token of another client id");
  }
  const last = login.refresh === undefined ? tokens : await started!.refresh(tokens.refresh_token!);
  await listTools(mcp, last.access_token, server, target);
  await started!.revoke(last.refresh_token ?? last.access_token);
  if (login.revokesBoth === true) await started!.revoke(last.access_token);
  if (login.refresh !== undefined) await started!.requireEnded(last.refresh_token!);
  await requireChallenge(probe, last.access_token, server, target);
}
