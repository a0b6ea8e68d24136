import { z } from "zod";
import { blockedPorts } from "../net/blocked-ports.ts";

/**
 * Forgejo's base URL, http or https, possibly with a path; trailing slashes are removed. Credentials, a query or a
 * fragment are faults: the URL appears in the argv of child processes, which every local user can read. So is a port
 * that nothing would ever connect to.
 */
export function forgejoUrl() {
  return z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const fault = forgejoUrlFault(text, url);
    if (url !== undefined && fault === undefined) return url.href.replace(/\/+$/, "");
    context.addIssue({ code: "custom", message: fault });
    return z.NEVER;
  });
}

function forgejoUrlFault(text: string, url: URL | undefined): string | undefined {
  const isClean = url !== undefined && url.username === "" && url.password === "" && !/[?#]/.test(text);
  if (!isClean || !/^https?:$/.test(url.protocol))
    return "must be a URL such as https://forgejo.example.org, without credentials, query or fragment";
  if (blockedPorts.has(Number(url.port)))
    return `must not use port ${url.port}, to which neither browsers nor fjmcp connect (Fetch standard, bad port): let Forgejo or a proxy in front of it listen on another one, such as 443 or 3000`;
  return undefined;
}
