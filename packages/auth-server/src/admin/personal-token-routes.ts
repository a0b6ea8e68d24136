import type { Hono } from "hono";
import {
  adminPaths,
  claimTokenRequest,
  endTokenRequest,
  requestTokenRequest,
  type ClaimTokenResponse,
  type EndAccessResponse,
  type ListTokensResponse,
  type RequestTokenResponse,
} from "@fjmcp/shared/ipc/admin";
import { accountPageQuery, takePage } from "@fjmcp/shared/ipc/page";
import type { AccountId } from "@fjmcp/shared/ids";
import { personalTokenClientId } from "../grant/personal-token.ts";
import type { ListedPersonalToken } from "../grant/personal-tokens.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { mapInTurns } from "./map-in-turns.ts";
import { parseBody, parseQuery } from "./parse-request.ts";

type Deps = Pick<
  AdminDeps,
  "directory" | "ownerOf" | "personalTokens" | "personalTokenRequests" | "revocation" | "events"
>;

/** Adds the routes of personal tokens. The socket carries a request only: the user that confirms it owns the token. */
export function addPersonalTokenRoutes(app: Hono, deps: Deps): void {
  const { personalTokenRequests: requests, revocation, events } = deps;

  app.post(adminPaths.requestToken, async (c) => {
    const { readOnly, ...wanted } = await parseBody(c, requestTokenRequest);
    const scopes = readOnly ? (["forgejo:read"] as const) : (["forgejo:read", "forgejo:write"] as const);
    return c.json<RequestTokenResponse>(await requests.start({ ...wanted, scopes }));
  });

  app.post(adminPaths.claimToken, async (c) => {
    const { deviceCode } = await parseBody(c, claimTokenRequest);
    return c.json<ClaimTokenResponse>(await requests.claim(deviceCode));
  });

  app.get(adminPaths.tokens, async (c) => {
    const query = parseQuery(c, accountPageQuery);
    const all = await listTokens(deps, query.accountId);
    const { items, ...rest } = takePage(all, ({ grantId }) => grantId, query);
    return c.json<ListTokensResponse>({ tokens: items.map(described), ...rest });
  });

  app.post(adminPaths.endToken, async (c) => {
    const sent = await parseBody(c, endTokenRequest);
    const grantId = "grantId" in sent ? sent.grantId : await deps.personalTokens.grantOf(sent.tokenHash);
    const owner = grantId && (await deps.ownerOf(grantId));
    if (grantId === undefined || owner?.clientId !== personalTokenClientId)
      return c.json<EndAccessResponse>({ status: "unknown", grants: 0 });
    events.accessEnded({ kind: "personal_token", accountId: owner.accountId, grantId });
    const grants = await revocation.revokeAll([grantId], "administrator");
    return c.json<EndAccessResponse>({ status: grants > 0 ? "ok" : "unknown", grants });
  });
}

async function listTokens(
  { directory, personalTokens }: Deps,
  accountId: AccountId | undefined,
): Promise<ListedPersonalToken[]> {
  const accounts = accountId === undefined ? await directory.accountsWithPersonalTokens() : [accountId];
  return (await mapInTurns(accounts, (account) => personalTokens.list(account))).flat();
}

function described({
  grantId,
  accountId,
  access,
  createdAtSec,
  name,
  expiresAtSec,
  lastUsedAtMs,
}: ListedPersonalToken) {
  return {
    grantId,
    accountId,
    name,
    scopes: [...access.scopes],
    toolsets: [...access.toolsets],
    createdAtSec,
    expiresAtSec,
    ...(lastUsedAtMs !== undefined && { lastUsedAtSec: Math.floor(lastUsedAtMs / 1000) }),
  };
}
