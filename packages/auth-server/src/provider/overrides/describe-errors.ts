import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { errorDescription } from "../error-description.ts";
import { referenceOf } from "../provider-events.ts";

/** Replaces the descriptions of error responses in JSON by our own; oidc-provider has no option for that. */
export function describeErrors(provider: Provider): void {
  const describe = (ctx: KoaContextWithOIDC) => {
    const body: unknown = ctx.body;
    if (!isError(body)) return;
    const grantType = ctx.oidc.params?.grant_type;
    const description = errorDescription({
      ...body,
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

function isError(body: unknown): body is { error: string; error_description?: string } {
  return typeof body === "object" && body !== null && "error" in body && typeof body.error === "string";
}
