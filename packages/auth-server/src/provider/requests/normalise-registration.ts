import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { defaultGrantTypes, grantTypes, isForDevices } from "../grant-types.ts";

/** The members of RFC 7591 that are supported. All others are dropped, such as links that no page shows. */
const members = [
  "application_type",
  "client_name",
  "grant_types",
  "redirect_uris",
  "response_types",
  "scope",
  "software_id",
  "software_version",
  "token_endpoint_auth_method",
];
/**
 * In place of a value of a type that no member has: oidc-provider rejects it with the reason, and it holds nothing that is
 * nested too deep to be written as JSON.
 */
const wrongType = 0;
const claudeCallbacks = new Set([
  "https://claude.ai/api/mcp/auth_callback",
  "https://claude.com/api/mcp/auth_callback",
]);

/**
 * Normalises what real clients send to registration (RFC 7591 §2): null and empty members are dropped, lists are reduced to
 * supported values, and a redirect URI that is not https makes a native client. Dangerous strings stay as they are, so that
 * `registrationFault` rejects them.
 */
export function normaliseRegistration(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  const sent = body as Record<string, unknown>;
  const kept: Record<string, unknown> = {};
  for (const name of members) {
    const value = sent[name];
    if (!isEmpty(value)) kept[name] = typeof value === "string" || isStringArray(value) ? value : wrongType;
  }

  kept.grant_types = supported(kept.grant_types ?? [...defaultGrantTypes], grantTypes);
  kept.response_types = isForDevices(kept.grant_types)
    ? []
    : supported(kept.response_types ?? ["code"], ["code"]);
  const redirects = kept.redirect_uris;
  if (isStringArray(redirects)) {
    if (redirects.some((uri) => URL.canParse(uri) && new URL(uri).protocol !== "https:")) {
      kept.application_type = "native";
    }
    if (kept.token_endpoint_auth_method === "client_secret_post" && redirects.every(isClaude)) {
      kept.token_endpoint_auth_method = "none";
    }
  }
  // No limit for later requests: clients register with odd scopes, and must be able to ask for more (step-up).
  if (typeof kept.scope === "string") {
    const known = kept.scope.split(" ").some((scope) => (scopes as readonly string[]).includes(scope));
    if (known) kept.scope = scopes.join(" ");
    else delete kept.scope;
  }
  return kept;
}

/** The supported items of a list; without any, the list as it is, so that it is rejected with a reason. */
function supported(value: unknown, known: readonly string[]): unknown {
  if (!isStringArray(value)) return value;
  const both = known.filter((item) => value.includes(item));
  return both.length === 0 ? value : both;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isClaude(uri: string): boolean {
  return claudeCallbacks.has(uri);
}
