import type { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import { publicEndpointMethods } from "../../src/http/allowed-methods.ts";

/** What of a response would surprise its client; undefined when all is well. */
export function problemOf(
  origin: string,
  path: string,
  { status, headers, body: text }: Awaited<ReturnType<typeof sendRequest>>,
): string | undefined {
  if (status >= 500) return "a fault of the server";
  const location = headers.location;
  if (location !== undefined) {
    if (new URL(location, origin).origin === origin) return undefined;
    return `a redirect to ${location} before a user has decided`;
  }
  const type = headers["content-type"] ?? "";
  if (type.startsWith("text/html") && text !== "") {
    if (publicEndpointMethods.has(path)) return "a page for a program";
    if (!text.includes('<p class="brand">')) return "a page that is not ours";
    if (headers["content-security-policy"]?.includes("default-src 'none'") !== true)
      return "a page without a policy";
    if (/<script/i.test(text)) return "a page with a script";
  }
  if (type.startsWith("application/json") && text !== "") {
    const value = JSON.parse(text) as { error?: unknown };
    if (status >= 400 && typeof value.error !== "string") return "an error without its name";
  }
  return undefined;
}
