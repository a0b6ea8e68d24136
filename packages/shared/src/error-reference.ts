import { randomBytes } from "node:crypto";

/** A reference that an error page or message shows and the log records with the cause: ten characters, easy to read out. */
export function newErrorReference(): string {
  return randomBytes(8).toString("base64url").replace(/[-_]/g, "x").slice(0, 10).toUpperCase();
}
