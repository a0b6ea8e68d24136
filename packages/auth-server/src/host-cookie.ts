/**
 * The name of a cookie that only this host can set (RFC 6265bis §4.1.3.2). `secure`: whether the issuer is https; over http
 * a browser rejects a `__Host-` cookie.
 */
export function hostCookieName(name: string, secure: boolean): string {
  return secure ? `__Host-fjmcp-${name}` : `fjmcp-${name}`;
}

export function hostCookieOptions(secure: boolean) {
  return { path: "/", secure, httpOnly: true, sameSite: "Lax" } as const;
}

/** Of a cookie by which a browser remembers something of its user: it lasts a year. */
export function lastingCookieOptions(secure: boolean) {
  return { ...hostCookieOptions(secure), maxAge: 365 * 86_400 } as const;
}
