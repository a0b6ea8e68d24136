import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import { errorDescription } from "../error-description.ts";
import { referenceOf } from "../provider-events.ts";

/** What oidc-provider reads of a body; it has no option for that. */
const maxBodyBytes = 56 * 1024;

/** Replaces the descriptions of error responses in JSON by our own; oidc-provider has no option for that. */
export function describeErrors(provider: Provider): void {
  const describe = (ctx: KoaContextWithOIDC, error: Error) => {
    const body: unknown = ctx.body;
    if (!isError(body)) return;
    const grantType = ctx.oidc.params?.grant_type;
    const description = errorDescription({
      ...body,
      ...(isUnreadable(ctx, error) && { error_description: `its body must be ${bodyOf(ctx)}` }),
      ...(typeof grantType === "string" && { grantType }),
      ...(body.error === "server_error" && { reference: referenceOf(ctx) }),
    });
    ctx.body = { ...body, error_description: description };
  };
  // oidc-provider emits these right after it has written the response.
  provider.on("grant.error", describe);
  provider.on("registration_create.error", describe);
  provider.on("revocation.error", describe);
  provider.on("device_authorization.error", describe);
  provider.on("server_error", describe);
}

/** oidc-provider has a body as soon as it is read and parsed; what failed is the cause of its error. */
function isUnreadable({ oidc }: KoaContextWithOIDC, error: Error): boolean {
  return error instanceof errors.InvalidRequest && error.cause !== undefined && oidc.body === undefined;
}

function bodyOf({ oidc }: KoaContextWithOIDC): string {
  return `${oidc.route === "registration" ? "JSON" : "a form"} of at most ${maxBodyBytes / 1024} KiB`;
}

function isError(body: unknown): body is { error: string; error_description?: string } {
  return typeof body === "object" && body !== null && "error" in body && typeof body.error === "string";
}
