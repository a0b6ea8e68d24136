import { redirectTarget } from "./pages/redirect-target.ts";

/**
 * The CSP sources of all redirects after a form that leads to a client by way of Forgejo, which may use another site to
 * sign in: this server, Forgejo, the client. The redirect URI is undefined for the client of a device, which waits
 * elsewhere, and for a sign-in to the page of connections, which leads to no client.
 */
export function clientFormTargets(forgejoUrl: string, redirectUri: string | undefined): string[] {
  const forgejo = new URL(forgejoUrl);
  const client = redirectUri === undefined ? "https:" : redirectTarget(redirectUri).source;
  return [
    "'self'",
    "https:",
    ...(forgejo.protocol === "http:" ? [forgejo.origin] : []),
    ...(client.startsWith("https:") ? [] : [client]),
  ];
}
