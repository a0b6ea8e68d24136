import { formBody, type FormFields } from "./oauth-answer.ts";

/** The URL that a client opens in the person's browser; any parameter may be odd, several or missing. */
export function authorizeUrl(endpoint: string, parameters: FormFields): URL {
  const url = new URL(endpoint);
  url.search = formBody(parameters).toString();
  return url;
}
