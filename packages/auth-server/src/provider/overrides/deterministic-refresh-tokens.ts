import { Provider } from "oidc-provider";
import type { SecretDerivation } from "../../crypto/secret-derivation.ts";

/**
 * A refresh token that follows another is derived from it, so that every process answers a repeated rotation with the
 * one same successor without any of them storing it in the clear.
 */
export function deriveRefreshTokens(provider: Provider, derivation: SecretDerivation): void {
  const prototype = provider.RefreshToken.prototype as unknown as { generateTokenId: () => string };
  const random = prototype.generateTokenId;
  prototype.generateTokenId = function () {
    const rotated = rotatedRefreshToken();
    return rotated === undefined ? random.call(this) : derivation.derive("refresh-successor", rotated);
  };
}

/** The refresh token that the request at hand has rotated. */
export function rotatedRefreshToken(): string | undefined {
  return Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti;
}
