import type { GrantId, Hash } from "@fjmcp/shared/ids";

/** The outcomes of a poll of a device; `too_fast`: the poll before is less than the interval ago. */
export const pollOutcomes = ["pending", "too_fast"] as const;
type PollOutcome = (typeof pollOutcomes)[number];

/** Codes that devices poll with while their user decides in a browser (RFC 8628). Rejects with StoreUnavailableError. */
export interface DeviceCodeStore {
  /**
   * Stores a new code with its user code; false, and nothing stored, when that is in use. It can be found for some
   * minutes after it has expired, so that a device learns why. Of 5,000 codes the oldest is deleted.
   */
  create(code: { hash: Hash; userCode: Hash; payload: string; expiresInSec: number }): Promise<boolean>;
  find(code: Hash): Promise<string | undefined>;
  /** The code to which a user code belongs, until it is decided. */
  findByUserCode(userCode: Hash): Promise<{ hash: Hash; payload: string } | undefined>;
  /** Records a poll of a code that is not decided. */
  poll(code: Hash, intervalMs: number): Promise<PollOutcome>;
  /**
   * Replaces the payload once: with the grant that the user allowed, which deletes the code with it, or with an error.
   * True for the same decision again. False, and nothing changed, when another one was made or the code is gone.
   */
  decide(code: Hash, decision: { payload: string; grantId?: GrantId }): Promise<boolean>;
}
