import { z } from "zod";

/** A string type that TypeScript does not mix with other strings; at run time it is a plain string. */
export type Brand<Name extends string> = string & { readonly __brand: Name };

/** oidc-provider's Grant id: one user × client × consent. */
export type GrantId = Brand<"GrantId">;
/** Forgejo's numeric user id in decimal; never the login, which can change. */
export type AccountId = Brand<"AccountId">;
/** The OAuth `client_id` (RFC 6749 §2.2). */
export type ClientId = Brand<"ClientId">;
/** Lower-case hex of SHA-256 of a secret value: the only form in which one is stored. */
export type Hash = Brand<"Hash">;

/** A schema for one of these identifiers: a non-empty string. */
export function branded<Id extends string>() {
  return z
    .string()
    .min(1)
    .transform((value) => value as Id);
}

export const grantIdSchema = branded<GrantId>();
export const accountIdSchema = branded<AccountId>();
export const clientIdSchema = branded<ClientId>();
export const hashSchema = branded<Hash>();
