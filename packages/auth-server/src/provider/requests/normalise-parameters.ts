import { knownScopes, requestedScopes } from "../../grant/requested-scopes.ts";
import { meansResource } from "./requested-resource.ts";

type Parameters = Record<string, unknown>;

/** Parameters that need the scope `openid`, which is not offered: oidc-provider would reject them without it. */
const openIdOnly = ["acr_values", "claims", "claims_locales", "id_token_hint", "max_age", "nonce"];
const prompts = ["none", "login", "consent"];

/**
 * Normalises what real clients send to the authorization endpoint. `scope` becomes what the client asks for of ours
 * (`requestedScopes`); `resource` may come twice and in another spelling (`meansResource`); only `query` is offered as a
 * response mode.
 */
export function normaliseAuthorization(params: Parameters, resource: string): void {
  normaliseResource(params, resource);
  // One that comes twice is rejected by oidc-provider.
  if (params.scope === undefined || typeof params.scope === "string") {
    params.scope = requestedScopes(params.scope).join(" ");
  }
  for (const name of openIdOnly) params[name] = undefined;
  if (typeof params.prompt === "string") {
    params.prompt = known(params.prompt, prompts);
  }
  if (params.response_mode !== undefined && params.response_mode !== "query") {
    params.response_mode = "unsupported";
  }
}

/** The same for the token endpoint: unknown scopes are dropped; without any known one, the granted scopes apply. */
export function normaliseTokenRequest(params: Parameters, resource: string): void {
  normaliseResource(params, resource);
  if (typeof params.scope === "string") params.scope = knownScopes(params.scope).join(" ") || undefined;
}

function normaliseResource(params: Parameters, resource: string): void {
  const sent = params.resource;
  if (sent === undefined) return;
  const list: unknown[] = (Array.isArray(sent) ? sent : [sent]).map((item) =>
    typeof item === "string" && meansResource(item, resource) ? resource : item,
  );
  const different = [...new Set(list)];
  params.resource = different.length === 1 ? different[0] : different;
}

function known(list: string, values: readonly string[]): string | undefined {
  return (
    list
      .split(" ")
      .filter((item) => values.includes(item))
      .join(" ") || undefined
  );
}
