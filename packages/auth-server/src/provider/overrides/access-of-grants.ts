import { Provider } from "oidc-provider";
import { scopes, type Scope } from "@fjmcp/shared/oauth/mcp-resource";
import type { GrantedAccess } from "../../grant/granted-access.ts";
import type { PersonalTokenDetails } from "../../grant/personal-tokens.ts";
import { afterFind } from "./model-hooks.ts";

/** The members by which a stored Grant says what the user granted; see shared's access-token-record.ts. */
interface AccessMembers {
  readonly scope?: string;
  readonly requestedScope?: string;
  readonly toolsets?: GrantedAccess["toolsets"];
  readonly label?: string;
  /** The client id of the Forgejo application that authorized it. */
  readonly forgejoClientId?: string;
  readonly personalToken?: Pick<PersonalTokenDetails, "expiresAtSec">;
}

const storedMembers = [
  "scope",
  "requestedScope",
  "toolsets",
  "label",
  "forgejoClientId",
  "personalToken",
] as const satisfies readonly (keyof AccessMembers)[];

/**
 * Writes into a Grant what the user chose, and the Forgejo application that the user signed in with; `requested` is what the
 * client asked for. `personalToken` makes it one's grant.
 */
export function setAccess(
  grant: InstanceType<Provider["Grant"]>,
  resource: string,
  choice: {
    requested: readonly Scope[];
    access: GrantedAccess;
    forgejoClientId: string;
    personalToken?: PersonalTokenDetails | undefined;
  },
): void {
  const { requested, access, forgejoClientId, personalToken } = choice;
  const granted = requested.filter((scope) => access.scopes.includes(scope)).join(" ");
  const leftOut = requested.filter((scope) => !access.scopes.includes(scope)).join(" ");
  grant.addOIDCScope(granted);
  grant.addResourceScope(resource, granted);
  if (leftOut !== "") {
    // Otherwise oidc-provider would ask for it again.
    grant.rejectOIDCScope(leftOut);
    grant.rejectResourceScope(resource, leftOut);
  }
  const members: AccessMembers = {
    scope: granted,
    // The program that has a personal token cannot request more: that it only reads is its user's choice.
    requestedScope: (personalToken === undefined ? requested : scopes).join(" "),
    toolsets: access.toolsets,
    forgejoClientId,
    ...(personalToken !== undefined && {
      label: personalToken.name,
      personalToken: { expiresAtSec: personalToken.expiresAtSec },
    }),
  };
  Object.assign(grant, members);
}

/**
 * Lets Grants hold what the user granted (`Grant.IN_PAYLOAD` lists the stored members), and lets a refresh repeat what
 * the client asked for at the authorization endpoint: of that, a scope that the user left out is ignored (RFC 6749 §3.3),
 * because clients that send it would lose their tokens on an error. One that was not asked for is `invalid_scope` (§6).
 */
export function keepAccessInGrants(provider: Provider): void {
  const stored = [...provider.Grant.IN_PAYLOAD, ...storedMembers];
  Object.defineProperty(provider.Grant, "IN_PAYLOAD", { get: () => stored });
  afterFind(provider.Grant, (grant) => {
    const params = Provider.ctx?.oidc.params;
    if (params?.grant_type === "refresh_token" && typeof params.scope === "string") {
      params.scope = withoutLeftOut(params.scope, grant as AccessMembers);
    }
  });
}

/** The scope for which a refresh asks, where that is less than the grant's (RFC 6749 §6). */
export function narrowerScope(): string | undefined {
  const { params, entities } = Provider.ctx?.oidc ?? {};
  if (params?.grant_type !== "refresh_token" || typeof params.scope !== "string") return undefined;
  const grant: object | undefined = entities?.Grant;
  const { scope }: AccessMembers = grant ?? {};
  return params.scope === scope ? undefined : params.scope;
}

function withoutLeftOut(asked: string, { scope = "", requestedScope = "" }: AccessMembers): string {
  const granted = scope.split(" ");
  const requested = requestedScope.split(" ");
  return asked
    .split(" ")
    .filter((name) => granted.includes(name) || !requested.includes(name))
    .join(" ");
}
