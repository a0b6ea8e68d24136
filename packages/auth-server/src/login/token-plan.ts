import { displayText } from "@fjmcp/shared/display-text";
import { maxLabelLength } from "@fjmcp/shared/ipc/admin";
import type { GrantedAccess } from "../grant/granted-access.ts";
import { formatAccess, parseAccess } from "./access-text.ts";

/** What a user has typed into the form for a personal token, for which a sign-in at Forgejo comes first. */
export interface TokenPlan {
  readonly access: GrantedAccess;
  readonly name: string;
  /** How long the token is to live, as its user typed it. */
  readonly days: string;
}

/** A login cookie holds it: with a name of this many characters it is still small. */
const maxTextLength = 1000;

/** A plan as a query, for our own form, cookie and URL. The name is left out where the text would be too long with it. */
export function formatTokenPlan({ access, name, days }: TokenPlan): string {
  const query = new URLSearchParams({ access: formatAccess(access), days });
  const withName = new URLSearchParams([...query, ["name", name]]).toString();
  return withName.length > maxTextLength ? query.toString() : withName;
}

/** Reverses `formatTokenPlan`, for any text; undefined when it names no access. */
export function parseTokenPlan(text: string): TokenPlan | undefined {
  const query = new URLSearchParams(text);
  const access = query.get("access");
  if (access === null) return undefined;
  const days = query.get("days") ?? "";
  return {
    access: parseAccess(access),
    name: displayText(query.get("name"), maxLabelLength),
    days: /^\d{1,3}$/.test(days) ? days : "",
  };
}
