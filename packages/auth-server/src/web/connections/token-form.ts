import { displayText } from "@fjmcp/shared/display-text";
import { maxLabelLength } from "@fjmcp/shared/ipc/admin";
import type { GrantedAccess } from "../../grant/granted-access.ts";
import { accessOf, readChoice, type ConsentChoice, type SubmittedForm } from "../consent-choice.ts";
import type { ConsentOffer } from "../consent-offer.ts";
import type { TokenFormFault } from "../token-form-fault.ts";

/** The days of life that the form suggests. */
export const suggestedDays = 90;

/** What stands in the form for a new personal token, valid or not. */
export interface TokenDraft {
  readonly name: string;
  readonly days: string;
  readonly choice: ConsentChoice;
}

export interface WantedToken {
  readonly name: string;
  readonly access: GrantedAccess;
  readonly expiresInSec: number;
}

/** A submitted form: what stands in it, and the token that it asks for or why it asks for none. */
type ReadTokenForm = { readonly draft: TokenDraft } & (
  | { readonly fault: TokenFormFault }
  | { readonly fault?: undefined; readonly wanted: WantedToken }
);

export function readTokenForm(form: SubmittedForm, offer: ConsentOffer, maxDays: number): ReadTokenForm {
  const name = displayText(form.name, maxLabelLength);
  const sentDays = typeof form.days === "string" ? form.days.trim().slice(0, 10) : "";
  // Where one level is all that Forgejo allows, the form is sent for it.
  const { choice, fault } = readChoice({ ...form, started: "yes" }, offer);
  const draft = { name, days: sentDays, choice };
  const days = /^\d+$/.test(sentDays) ? Number(sentDays) : 0;
  if (name === "") return { draft, fault: "no_name" };
  if (days < 1 || days > maxDays) return { draft, fault: "bad_days" };
  if (fault !== undefined) return { draft, fault };
  return { draft, wanted: { name, access: accessOf(choice), expiresInSec: days * 86_400 } };
}
