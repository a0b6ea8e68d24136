import { Provider } from "oidc-provider";
import type { SecretDerivation } from "../../crypto/secret-derivation.ts";
import { replaceMethod } from "./replace-method.ts";

/**
 * Derives each successor from the refresh token that it replaces (`RefreshToken#generateTokenId`), so that every process
 * responds to a repeated rotation with the same successor, and none stores it in plaintext.
 */
export function deriveRefreshTokens(provider: Provider, derivation: SecretDerivation): void {
  replaceMethod<unknown, [], string>(
    provider.RefreshToken.prototype,
    "generateTokenId",
    (random) =>
      function () {
        const rotated = rotatedRefreshToken();
        return rotated === undefined ? random.call(this) : derivation.derive("refresh-successor", rotated);
      },
  );
}

/** The refresh token that the current request rotates. */
export function rotatedRefreshToken(): string | undefined {
  return Provider.ctx?.oidc.entities.RotatedRefreshToken?.jti;
}
