import { Provider } from "oidc-provider";
import type { SecretDerivation } from "../../crypto/secret-derivation.ts";
import { replaceMethod } from "./replace-method.ts";

/**
 * Derives the code from the authorization request and its grant (`AuthorizationCode#generateTokenId`): a request that is
 * resumed twice, in one process or in two, gets one code, and none is stored in plaintext to be repeated.
 */
export function deriveCodes(provider: Provider, derivation: SecretDerivation): void {
  replaceMethod(provider.AuthorizationCode.prototype, "generateTokenId", () => () => {
    const { Interaction, Grant } = Provider.ctx!.oidc.entities;
    if (Interaction === undefined || Grant === undefined)
      throw new Error("a code needs a decision of the user");
    return derivation.derive("authorization-code", `${Interaction.uid}.${Grant.jti}`);
  });
}
