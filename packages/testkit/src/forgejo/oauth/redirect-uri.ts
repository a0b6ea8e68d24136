import type { OAuthApp } from "./oauth-app.ts";

/**
 * Forgejo's rule: a full match, ASCII-case-insensitive, ignoring one trailing slash. A public app may use any port on a
 * loopback IP literal (RFC 8252 §7.3), not on `localhost`.
 */
export function redirectUriIsRegistered(app: OAuthApp, redirectUri: string): boolean {
  const registered = new Set(app.redirectUris.map(normalise));
  if (registered.has(normalise(redirectUri))) return true;
  if (app.confidential) return false;
  const withoutPort = /^(http:\/\/(?:127(?:\.\d{1,3}){3}|\[::1\])):\d+(.*)$/i.exec(redirectUri);
  return withoutPort !== null && registered.has(normalise(`${withoutPort[1]}${withoutPort[2]}`));
}

function normalise(uri: string): string {
  return uri.replace(/\/$/, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * `redirectUri` with `parameters` added to its query, sorted by name. `undefined` members are omitted.
 */
export function redirectWith(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  url.searchParams.sort();
  return url.href;
}
