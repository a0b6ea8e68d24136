import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import { accessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { parseRecord } from "@fjmcp/shared/parse-record";
import { grantIdSchema, type AccountId, type GrantId, type Hash } from "@fjmcp/shared/ids";
import type { GrantDirectory, ListedGrant } from "./grant-directory.ts";
import type { GrantedAccess } from "./granted-access.ts";
import type { HistoryRecorder } from "./history-recorder.ts";
import { newPersonalToken, personalTokenClientId } from "./personal-token.ts";
import type { IssueOutcome, PresentedCredential, TokenStore } from "./token-store.ts";

/** What a Grant holds beside the access, when it is that of a personal token: the name is its label. */
export interface PersonalTokenDetails {
  readonly name: string;
  /** Seconds since the epoch. */
  readonly expiresAtSec: number;
}

/** The grant of a personal token, before the token is issued. */
interface PersonalTokenGrant extends PersonalTokenDetails {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly scope: string;
}

export type ListedPersonalToken = ListedGrant & PersonalTokenDetails;

/**
 * Personal tokens, for programs without a browser and without a user in front of them: access tokens with a name and a long
 * life, each with a grant of its own. They are listed, narrowed and revoked as grants. All reject with
 * StoreUnavailableError.
 */
export interface PersonalTokens {
  /**
   * Makes a token for an account whose user has asked for it on a page of ours. The result is the only copy. Rejects with
   * TooManyPersonalTokensError, and with AccountDisconnectedError for an account without Forgejo tokens.
   */
  create(
    account: AccountId,
    wanted: { name: string; access: GrantedAccess; expiresInSec: number },
  ): Promise<{ grantId: GrantId; token: string; expiresAtSec: number }>;
  /** Issues the token of a grant, whose only copy the result is, or says why it has not; see TokenStore. */
  issue(
    grant: PersonalTokenGrant,
    source?: PresentedCredential,
  ): Promise<{ token: string } | { failure: Exclude<IssueOutcome, "issued"> }>;
  /** The grant of the token with this hash; undefined when there is none. */
  grantOf(token: Hash): Promise<GrantId | undefined>;
  /** The account's living ones. */
  list(account: AccountId): Promise<ListedPersonalToken[]>;
}

/** Stores the Grant of a personal token. Rejects as `PersonalTokens.create`. */
export type StorePersonalTokenGrant = (
  account: AccountId,
  access: GrantedAccess,
  personalToken: PersonalTokenDetails,
) => Promise<{ grantId: GrantId; scope: string }>;

const ofPersonalToken = z.object({ clientId: z.literal(personalTokenClientId), grantId: grantIdSchema });

export function createPersonalTokens(deps: {
  tokens: Pick<TokenStore, "issue" | "findAccess">;
  history: Pick<HistoryRecorder, "tokenCreated">;
  directory: Pick<GrantDirectory, "grantsOf">;
  storeGrant: StorePersonalTokenGrant;
  /** The audience of the tokens (RFC 8707). */
  resource: string;
  clock: Clock;
  events: {
    personalTokenCreated(token: PersonalTokenGrant & { readonly toolsets: readonly string[] }): void;
  };
}): PersonalTokens {
  const { tokens, history, directory, storeGrant, resource, clock, events } = deps;
  const nowSec = () => Math.floor(clock() / 1000);

  const issue: PersonalTokens["issue"] = async (grant, source) => {
    const { grantId, accountId, scope, name, expiresAtSec } = grant;
    const token = newPersonalToken();
    const hash = sha256Hex(token);
    const iat = nowSec();
    const payload = {
      kind: "AccessToken",
      accountId,
      grantId,
      clientId: personalTokenClientId,
      aud: resource,
      scope,
      iat,
      exp: expiresAtSec,
    };
    const expiresInSec = Math.max(1, expiresAtSec - iat);
    const outcome = await tokens.issue({
      grantId,
      accountId,
      tokens: { access: { hash, payload: JSON.stringify(payload), expiresInSec } },
      ...(source !== undefined && { source }),
    });
    if (outcome !== "issued") return { failure: outcome };
    // The store has copied the access of the grant into it. Read for the log alone: a failure must not lose the token.
    const stored = parseRecord(accessTokenRecord, await tokens.findAccess(hash).catch(() => undefined));
    const access = { scope: stored?.scope ?? scope, toolsets: stored?.toolsets ?? [] };
    events.personalTokenCreated({ accountId, grantId, name, expiresAtSec, ...access });
    await history.tokenCreated(accountId, name);
    return { token };
  };

  return {
    issue,

    async create(accountId, { name, access, expiresInSec }) {
      const personalToken = { name, expiresAtSec: nowSec() + expiresInSec };
      const { grantId, scope } = await storeGrant(accountId, access, personalToken);
      const issued = await issue({ grantId, accountId, scope, ...personalToken });
      // Only a revocation in this moment: the account's other grants are gone, too.
      if (!("token" in issued)) throw new Error("the grant of a new personal token was revoked");
      return { grantId, token: issued.token, expiresAtSec: personalToken.expiresAtSec };
    },

    async grantOf(token) {
      const payload = await tokens.findAccess(token);
      return payload === undefined ? undefined : ofPersonalToken.safeParse(JSON.parse(payload)).data?.grantId;
    },

    async list(account) {
      const grants = await directory.grantsOf(account);
      return grants.flatMap((grant) => {
        const { label: name = "", personalToken } = grant;
        return personalToken === undefined ? [] : [{ ...grant, name, ...personalToken }];
      });
    },
  };
}
