import { accessTokenRecord, type AccessTokenRecord } from "@fjmcp/shared/token-record";
import { storedRecordParser } from "./stored-record.ts";

const parse = storedRecordParser(accessTokenRecord);

/** Why a token is refused: it is no good, or it is good and grants too little. */
export type TokenRefusal = "invalid_token" | "insufficient_scope";

/**
 * Judges the stored record of a presented token. A record means that its grant is alive; what is left to check is
 * that it is an access token, for `resource`, not expired at `nowSec`, and allows at least reading.
 */
export function checkAccessToken(
  recordText: string | undefined,
  resource: string,
  nowSec: number,
): AccessTokenRecord | TokenRefusal {
  const record = parse(recordText);
  if (record === undefined || record.exp <= nowSec) return "invalid_token";
  if (!(Array.isArray(record.aud) ? record.aud.includes(resource) : record.aud === resource)) {
    return "invalid_token";
  }
  return record.scope.split(" ").includes("forgejo:read") ? record : "insufficient_scope";
}
