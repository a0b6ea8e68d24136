import { ReplyError } from "ioredis";

/** Whether the error is Redis's own reply to a command, such as NOPERM or WRONGTYPE. */
export function isRejectedByRedis(error: unknown): error is Error {
  return error instanceof ReplyError;
}
