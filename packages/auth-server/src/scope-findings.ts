import { good, warning, type Finding } from "@fjmcp/shared/finding";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import type { AuthServerConfig } from "./config.ts";
import {
  compareScope,
  privateRepositories,
  suggestedForgejoScope,
} from "./upstream/forgejo/forgejo-scope.ts";
import { consentOffer } from "./web/consent-offer.ts";

/**
 * What users are offered with the configured scopes, beside what they are with the suggested one. A scope that Forgejo
 * does not know, or that is too wide, is an error of the configuration itself, see `forgejoScope`.
 */
export function scopeFindings({
  application,
  readOnlyApplication,
}: Pick<AuthServerConfig["forgejo"], "application" | "readOnlyApplication">): Finding[] {
  const findings = [offerFinding(application.scope)];
  if (readOnlyApplication !== undefined)
    findings.push(
      good(
        `FJMCP_FORGEJO_READ_ONLY_SCOPE is ${readOnlyApplication.scope}: what connections that only read request`,
      ),
    );
  return findings;
}

/** That of a narrower scope is no warning unless a whole toolset is left out: it may be what the administrator wants. */
function offerFinding(scope: string): Finding {
  const lacking = compareScope(suggestedForgejoScope, scope).missing.filter(
    (name) => name !== privateRepositories,
  );
  const setting = `FJMCP_FORGEJO_SCOPE is ${scope}${lacking.length === 0 ? "" : `, without ${lacking.join(", ")}`}`;
  const { toolsets, includesPrivate } = consentOffer(scopes, scope);
  const isPublicOnly = includesPrivate ? "" : ", for what is public";
  const levels = new Map(toolsets.map(({ name, level }) => [name, level]));
  const suggested = consentOffer(scopes, suggestedForgejoScope).toolsets;
  const left = suggested.filter(({ name }) => !levels.has(name)).map(({ name }) => name);
  const readOnly = suggested.filter(({ name, level }) => level === "write" && levels.get(name) === "read");
  const onlyToRead = `only to read ${readOnly.map(({ name }) => name).join(", ")}`;
  if (left.length === 0)
    return good(
      `${setting}: users are offered ${readOnly.length === 0 ? "every toolset" : onlyToRead}${isPublicOnly}`,
    );
  return warning(
    `${setting}: users are not offered ${left.join(", ")}${readOnly.length === 0 ? "" : `; ${onlyToRead}`}${isPublicOnly}; add what they need`,
  );
}
