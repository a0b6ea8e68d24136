import { Provider } from "oidc-provider";
import { errorDescription } from "../error-description.ts";

type ResponseModeHandler = Parameters<Provider["registerResponseMode"]>[1];
type RedirectMode = "query" | "fragment";

/**
 * oidc-provider whose redirects to a client keep the redirect URI to the byte (RFC 6749 §3.1.2). Its own response modes
 * write the URI's query anew, and drop parameters of it that are named like one of the response. Errors get a description
 * of ours.
 */
export class ExactRedirectProvider extends Provider {
  override registerResponseMode(name: string, handler: ResponseModeHandler): void {
    super.registerResponseMode(name, name === "query" || name === "fragment" ? redirectWith(name) : handler);
  }
}

function redirectWith(mode: RedirectMode): ResponseModeHandler {
  return (ctx, redirectUri, payload) => {
    ctx.status = 303;
    const parameters = payload as Record<string, string>;
    const { error, error_description } = parameters;
    const described =
      error === undefined
        ? parameters
        : { ...parameters, error_description: errorDescription({ error, error_description }) };
    // Not Koa's redirect: that writes the URL anew, too.
    ctx.set("location", clientRedirect(redirectUri, described, mode));
  };
}

/**
 * A client's redirect URI with the parameters of a response appended. Of the URI only characters that a header cannot
 * carry are encoded.
 */
export function clientRedirect(
  redirectUri: string,
  parameters: Readonly<Record<string, string>>,
  mode: RedirectMode,
): string {
  const uri = /^[\x21-\x7e]*$/.test(redirectUri) ? redirectUri : new URL(redirectUri).href;
  return `${uri}${separator(uri, mode)}${new URLSearchParams(parameters).toString()}`;
}

function separator(uri: string, mode: RedirectMode): string {
  if (mode === "fragment") return "#";
  if (!uri.includes("?")) return "?";
  return /[?&]$/.test(uri) ? "" : "&";
}
