/** A vault record was encrypted with another key, for another application or account, or was tampered with. */
export class DecryptionFailedError extends Error {
  override readonly name = "DecryptionFailedError";
}
