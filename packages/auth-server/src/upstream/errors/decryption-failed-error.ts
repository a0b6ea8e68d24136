/** A record that was sealed with another key, for another app or account, or was tampered with. */
export class DecryptionFailedError extends Error {
  override readonly name = "DecryptionFailedError";
}
