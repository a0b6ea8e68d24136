import type { ConsentFault } from "./consent-choice.ts";

/** Why a form for a new personal token makes none; `too_many`: the account has all that it may have. */
export type TokenFormFault = "no_name" | "bad_days" | "too_many" | "too_often" | ConsentFault;
