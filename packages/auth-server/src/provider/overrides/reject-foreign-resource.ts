import { errors, Provider } from "oidc-provider";
import { beforeConsume } from "./model-hooks.ts";

/**
 * Rejects a token request for another resource with `invalid_target` (RFC 8707 §2.2) before its code or refresh token is
 * consumed. oidc-provider compares the resource last, when the user was checked at Forgejo and the request was counted for
 * its account. `normaliseTokenRequest` has written every spelling of `resource` as it is here.
 */
export function rejectForeignResource(provider: Provider, resource: string): void {
  for (const model of [provider.AuthorizationCode, provider.RefreshToken, provider.DeviceCode]) {
    beforeConsume<unknown>(model, () => {
      const sent = Provider.ctx?.oidc.params?.resource;
      if (sent !== undefined && sent !== resource) throw new errors.InvalidTarget();
    });
  }
}
