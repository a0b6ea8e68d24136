import { z } from "zod";

/**
 * Forgejo's base URL, http or https, possibly with a path; trailing slashes are removed. Credentials, a query or a
 * fragment are faults: the URL appears in the argv of child processes, which every local user can read.
 */
export function forgejoUrl() {
  return z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isClean = url !== undefined && url.username === "" && url.password === "" && !/[?#]/.test(text);
    if (isClean && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, "");
    context.addIssue({
      code: "custom",
      message: "must be a URL such as https://forgejo.example.org, without credentials, query or fragment",
    });
    return z.NEVER;
  });
}
