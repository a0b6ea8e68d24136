/**
 * The token of an `Authorization: Bearer …` header (RFC 6750 §2.1), the only place where one is read. Undefined when
 * there is none, or another scheme.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : /^bearer +(\S.*)$/i.exec(authorization)?.[1]?.trimEnd();
}
