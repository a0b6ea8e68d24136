import { UpstreamMisconfiguredError } from "./upstream-misconfigured-error.ts";

/**
 * The key ring has not the key that Forgejo tokens in the vault need. Nothing is lost once the administrator has put it back:
 * the tokens stay stored, and no grant is revoked.
 */
export class VaultKeyMissingError extends UpstreamMisconfiguredError {
  override readonly name = "VaultKeyMissingError";
  readonly keyId: string;

  /** `app`: the client id at Forgejo. */
  constructor(keyId: string, app: string) {
    super(
      `The vault key ${keyId}, with which Forgejo tokens are encrypted, is not in FJMCP_VAULT_KEY_FILE. ${missingKeyRemedy([keyId], app)}`,
    );
    this.keyId = keyId;
  }
}

/** What an administrator does about vault keys that are not in the ring. */
export function missingKeyRemedy(keyIds: readonly string[], app: string): string {
  return (
    "Put it back on a line after the first, and restart the auth-server; if it is permanently lost, " +
    `set FJMCP_VAULT_DISCARD=${app}/${keyIds.join(",")}: the users of these tokens must sign in again`
  );
}
