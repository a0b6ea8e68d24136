import { redirectTarget } from "./pages/redirect-target.ts";

/**
 * The CSP sources of all redirects after a form that leads to a client: this server, Forgejo, the client. Undefined for
 * the client of a device, which waits elsewhere.
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
