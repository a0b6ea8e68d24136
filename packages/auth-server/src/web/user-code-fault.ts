/** Why a typed code of a device leads no further. */
export type UserCodeFault = "unknown_code" | "not_confirmed" | "expired";
