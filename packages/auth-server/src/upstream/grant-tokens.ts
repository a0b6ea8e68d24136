import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { singleFlight } from "@fjmcp/shared/single-flight";
import type { GrantRevocation } from "../grant/grant-revocation.ts";
import type { GrantStore } from "../grant/grant-store.ts";
import type { UpstreamTimes } from "../grant/token-store.ts";
import { LoginRequiredError } from "./errors/login-required-error.ts";
import { UpstreamMisconfiguredError } from "./errors/upstream-misconfigured-error.ts";
import type { ForgejoApplications } from "./forgejo-applications.ts";
import type { UpstreamToken } from "./tokens/upstream-tokens.ts";

/** A grant, as its record names what it rests on. */
export interface RestingGrant {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  /** The first application unless named. */
  readonly forgejoClientId?: string | undefined;
  /** What is known of its Forgejo tokens, when that was read with it. */
  readonly times?: UpstreamTimes | undefined;
}

/**
 * The Forgejo tokens that grants rest on: those of the grant's account, issued to the application that the grant names. As
 * UpstreamTokens. Also rejects with LoginRequiredError when the grant is not alive, unless the caller has its record, or when
 * its application is not configured any more: then it is revoked, although Forgejo has ended nothing.
 */
export interface GrantTokens {
  fresh(grant: GrantId): Promise<UpstreamToken>;
  /** As `fresh`, for a grant whose record the caller has; whether it is still alive is not looked up. */
  freshOf(grant: RestingGrant): Promise<UpstreamToken>;
  /** As `freshOf`, without the token. */
  keepFresh(grant: RestingGrant): Promise<void>;
  check(grant: GrantId): Promise<void>;
  /**
   * Checks the tokens that other applications have issued for the account of the grant; what ends them has its effect on the
   * grants that rest on them. Resolves with the grants whose application Forgejo rejects.
   */
  checkOthers(grant: GrantId): Promise<GrantId[]>;
}

export function createGrantTokens(deps: {
  grants: Pick<GrantStore, "ownerOf" | "grantsOn">;
  applications: Pick<ForgejoApplications, "all" | "find">;
  revocation: Pick<GrantRevocation, "revoke">;
}): GrantTokens {
  const { grants, applications, revocation } = deps;

  // A check of the user reads it for two checks at once.
  const ownerOf = singleFlight((grantId: GrantId) => grants.ownerOf(grantId));

  async function restingGrant(grantId: GrantId): Promise<RestingGrant> {
    const owner = await ownerOf(grantId);
    if (owner === undefined) throw new LoginRequiredError("The grant is not alive");
    return { ...owner, grantId };
  }

  async function upstreamOf({ grantId, accountId, forgejoClientId }: RestingGrant) {
    const upstream = applications.find(forgejoClientId);
    if (upstream === undefined) {
      await revocation.revoke(grantId, "application_removed");
      throw new LoginRequiredError(
        "The application in Forgejo that the grant rests on is not configured any more",
      );
    }
    return { upstream, accountId };
  }

  async function freshOf(grant: RestingGrant): Promise<UpstreamToken> {
    const { upstream, accountId } = await upstreamOf(grant);
    return upstream.tokens.fresh(accountId);
  }

  return {
    fresh: async (grant) => freshOf(await restingGrant(grant)),

    freshOf,

    async keepFresh(grant) {
      const { upstream, accountId } = await upstreamOf(grant);
      await upstream.tokens.keepFresh(accountId, grant.times);
    },

    async check(grant) {
      const { upstream, accountId } = await upstreamOf(await restingGrant(grant));
      await upstream.tokens.check(accountId);
    },

    async checkOthers(grant) {
      const { upstream, accountId } = await upstreamOf(await restingGrant(grant));
      const rejected = await Promise.all(
        applications.all.map(async (other) => {
          if (other === upstream) return [];
          try {
            await other.tokens.check(accountId);
            return [];
          } catch (error) {
            if (!(error instanceof UpstreamMisconfiguredError)) return [];
            return grants.grantsOn(accountId, other.forgejoClientId);
          }
        }),
      );
      return rejected.flat();
    },
  };
}
