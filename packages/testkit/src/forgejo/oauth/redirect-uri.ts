import type { OAuthApp } from "./oauth-app.ts";

/**
 * Forgejo's rule: the whole URI, ASCII letters without regard to case, one trailing slash ignored. A public app may
 * also use any port on a loopback IP literal (RFC 8252 §7.3), `localhost` not included.
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
 * `redirectUri` with `parameters` set into its query; all of it comes out sorted by name. `undefined` members are
 * left out.
 */
export function redirectWith(redirectUri: string, parameters: Record<string, string | undefined>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  url.searchParams.sort();
  return url.href;
}
