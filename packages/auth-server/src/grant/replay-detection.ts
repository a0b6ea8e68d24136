import type { GrantId } from "@fjmcp/shared/ids";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { TokenStore } from "./token-store.ts";

/**
 * The same store, with the consequences of presenting a code or refresh token once more: a replay revokes the grant
 * (RFC 6749 §10.4 and §10.5), a double submit of a code is only reported.
 */
export function revokeOnReplay(
  tokens: TokenStore,
  {
    revocation,
    events,
  }: {
    revocation: Pick<GrantRevocation, "revoke">;
    events: { codeReplayed(replay: { grantId: GrantId; kind: "double_submit" | "replay" }): void };
  },
): TokenStore {
  return {
    ...tokens,
    async issue(issue) {
      const outcome = await tokens.issue(issue);
      if (outcome !== "double_submit" && outcome !== "replay") return outcome;
      const isCode = issue.source?.kind !== "refresh";
      if (isCode) events.codeReplayed({ grantId: issue.grantId, kind: outcome });
      if (outcome === "replay")
        await revocation.revoke(issue.grantId, isCode ? "code_replay" : "refresh_replay");
      return outcome;
    },
  };
}
