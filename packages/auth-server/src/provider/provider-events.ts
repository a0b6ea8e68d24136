import type { EventEmitter } from "node:events";
import type { KoaContextWithOIDC, Provider, errors } from "oidc-provider";
import { accountIdSchema, clientIdSchema, grantIdSchema, type ClientId } from "@fjmcp/shared/ids";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { AuditEvents } from "../audit-events.ts";
import { isConnectionError, isDisconnected } from "../client-disconnect.ts";
import { redirectHost } from "./client-id/redirect-host.ts";
import { ownerOfPresented } from "./overrides/issuance-context.ts";

/** RFC 8628 §3.5: the device polls on. */
const pollingErrors: ReadonlySet<string> = new Set(["authorization_pending", "slow_down"]);

/** Logs oidc-provider's events as audit events: with the reason of a rejection, without the content of the request. */
export function reportProviderEvents(provider: Provider, events: AuditEvents): void {
  provider.on("registration_create.success", (_ctx, client) => {
    events.clientRegistered({
      clientId: clientIdSchema.parse(client.clientId),
      clientName: client.clientName ?? "",
      redirectHosts: (client.redirectUris ?? []).map(redirectHost),
    });
  });
  provider.on("registration_create.error", (ctx, error) => {
    if (!reportedAsRetryLater(ctx, error)) events.registrationRejected(detailsOf(error));
  });
  provider.on("revocation.error", reportedAsRetryLater);
  provider.on("grant.success", (ctx) => {
    const { Grant, AccessToken } = ctx.oidc.entities;
    events.tokensIssued({
      grantType: String(ctx.oidc.params?.grant_type),
      accountId: accountIdSchema.parse(AccessToken?.accountId),
      clientId: clientIdSchema.parse(AccessToken?.clientId),
      grantId: grantIdSchema.parse(Grant?.jti),
    });
  });
  provider.on("device_authorization.success", (ctx) => {
    events.deviceCodeIssued({ clientId: clientIdSchema.parse(ctx.oidc.client?.clientId) });
  });
  provider.on("device_authorization.error", (ctx, error) => {
    if (!reportedAsRetryLater(ctx, error))
      events.deviceCodeRejected({ ...detailsOf(error), ...clientOf(ctx) });
  });
  provider.on("grant.error", (ctx, error) => {
    // A device that waits for its user.
    if (pollingErrors.has(error.error)) return;
    if (!reportedAsRetryLater(ctx, error))
      events.tokenRequestRejected({ ...detailsOf(error), ...clientOf(ctx), ...ownerOfPresented(ctx) });
  });
  provider.on("authorization.error", (ctx, error) => {
    // A denial or a failed login, whose cause is logged already; the client gets this error.
    if (ctx.oidc.entities.Interaction?.result?.error !== undefined) return;
    events.loginFailed({ ...detailsOf(error), ...clientOf(ctx), reference: referenceOf(ctx) });
  });
  // Koa's own: without a listener it would print to the console.
  (provider as EventEmitter).on("error", (error: Error, ctx: KoaContextWithOIDC) => {
    if (!isConnectionError(ctx.req, error)) events.requestFailed({ path: "oidc-provider", error });
  });
  provider.on("server_error", (ctx, error) => {
    if (isDisconnected(ctx.req)) return;
    events.requestFailed({ path: ctx.oidc.route, error, reference: referenceOf(ctx) });
  });

  /** Whether the client was asked to retry later, which is an event of its own. */
  function reportedAsRetryLater(ctx: KoaContextWithOIDC, error: errors.OIDCProviderError): boolean {
    if (error.error !== "temporarily_unavailable") return false;
    // Logged where it was found.
    if (error.statusCode === 429) return true;
    events.requestRetryLater({ path: ctx.oidc.route, detail: error.error_detail ?? "", ...clientOf(ctx) });
    return true;
  }
}

/** The reference of this request's error: the same in the log and on the page. */
export function referenceOf(ctx: KoaContextWithOIDC): string {
  ctx.state.reference ??= newErrorReference();
  return ctx.state.reference as string;
}

/** A detail that comes from a parser's error quotes the request, and is left out. */
function detailsOf(error: errors.OIDCProviderError): { error: string; detail: string } {
  const isQuote = error.cause !== undefined && error.error === "invalid_request";
  const detail = isQuote ? undefined : error.error_detail;
  return { error: error.error, detail: detail ?? error.error_description ?? "" };
}

function clientOf(ctx: KoaContextWithOIDC): { clientId?: ClientId } {
  const clientId = ctx.oidc.entities.Client?.clientId;
  return clientId === undefined ? {} : { clientId: clientIdSchema.parse(clientId) };
}
