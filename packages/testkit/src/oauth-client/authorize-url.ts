import { formBody, type FormFields } from "./oauth-request.ts";

/** The URL that a client opens in the user's browser; any parameter may be invalid, repeated or missing. */
export function authorizeUrl(endpoint: string, parameters: FormFields): URL {
  const url = new URL(endpoint);
  url.search = formBody(parameters).toString();
  return url;
}
