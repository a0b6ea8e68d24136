import { ReplyError } from "ioredis";

/** Redis's own reply to a command, such as NOPERM or WRONGTYPE. ioredis adds the command, whose arguments may be secret. */
type RejectedByRedis = Error & { readonly command?: { readonly name: string } };

export function isRejectedByRedis(error: unknown): error is RejectedByRedis {
  return error instanceof ReplyError;
}
