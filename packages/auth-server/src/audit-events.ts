import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import type { RevocationReason } from "./grant/revocation-reason.ts";

/**
 * The audit events of the auth-server, one function each. Ids, hosts and login names are logged; no token, code, secret,
 * cookie, state, query or header ever is.
 */
export type AuditEvents = ReturnType<typeof createAuditEvents>;

export function createAuditEvents(log: Log) {
  return {
    clientRegistered(client: { clientId: ClientId; clientName: string; redirectHosts: readonly string[] }) {
      log.info({ event: "client.registered", ...client }, "client registered");
    },
    registrationRejected(rejection: { error: string; detail: string }) {
      log.info({ event: "registration.rejected", ...rejection }, "client registration rejected");
    },
    loginStarted(login: { clientId: ClientId }) {
      log.info({ event: "login.started", ...login }, "user allowed a client; redirecting to Forgejo");
    },
    loginDenied(login: { clientId: ClientId }) {
      log.info({ event: "login.denied", ...login }, "user denied a client");
    },
    loginCompleted(login: { accountId: AccountId; login: string; clientId: ClientId; grantId: GrantId }) {
      log.info({ event: "login.completed", ...login }, "user connected a client");
    },
    /** `reference` is the one that the page shows, where there is a page. */
    loginFailed(failure: { error: string; detail: string; clientId?: ClientId; reference?: string }) {
      log.warn({ event: "login.failed", ...failure }, "login failed");
    },
    upstreamMisconfigured(fault: { detail: string; clientId?: ClientId; accountId?: AccountId }) {
      log.error(
        { event: "upstream.misconfigured", ...fault },
        "Forgejo does not fit this configuration; an administrator must act",
      );
    },
    /** Nothing is lost: the account keeps its tokens. */
    upstreamUnavailable({ accountId, error }: { accountId: AccountId; error: Error }) {
      log.warn({ event: "upstream.unavailable", accountId, err: error }, "Forgejo is unavailable");
    },
    upstreamInvalidated(invalidation: { accountId: AccountId; reason: string }) {
      log.warn(
        { event: "upstream.invalidated", ...invalidation },
        "Forgejo tokens are invalid; revoking the account's grants",
      );
    },
    vaultDecryptionFailed({ accountId, error }: { accountId: AccountId; error: Error }) {
      log.error(
        { event: "vault.decryption_failed", accountId, err: error },
        "vault record cannot be decrypted; treated as missing",
      );
    },
    upstreamTokenUnavailable({ error }: { error: unknown }) {
      log.warn({ event: "upstream_token.unavailable", err: error }, "no Forgejo token available");
    },
    forgejoPlaintextHttp() {
      log.warn(
        { event: "forgejo.plaintext_http" },
        "connecting to Forgejo over plain http; its tokens can be read on the network",
      );
    },
    codeReplayed(replay: { grantId: GrantId; kind: "double_submit" | "replay" }) {
      log.warn({ event: "code.replayed", ...replay }, "authorization code presented twice");
    },
    tokensIssued(tokens: { grantType: string; accountId: AccountId; clientId: ClientId; grantId: GrantId }) {
      log.info({ event: "tokens.issued", ...tokens }, "tokens issued");
    },
    tokenRequestRejected(rejection: { error: string; detail: string; clientId?: ClientId }) {
      log.info({ event: "token_request.rejected", ...rejection }, "token request rejected");
    },
    /** The client retries by itself; if it happens often, an administrator must act. */
    requestRetryLater(request: { path: string; detail: string; clientId?: ClientId }) {
      log.warn({ event: "request.retry_later", ...request }, "replied temporarily_unavailable");
    },
    grantRevoked(grant: {
      grantId: GrantId;
      accountId: AccountId;
      clientId: ClientId;
      reason: RevocationReason;
    }) {
      log.info({ event: "grant.revoked", ...grant }, "grant revoked");
    },
    /** `grantId` is the first of `grants` revoked grants. */
    sessionDaemonNotifyFailed(call: { grantId: GrantId; grants: number; detail: string }) {
      log.warn(
        { event: "session_daemon.notify_failed", ...call },
        "could not notify the session-daemon of revoked grants; its sweep will find them",
      );
    },
    mcpProxyFailed(failure: { reference: string; status: number; code: string | undefined; detail: string }) {
      log.warn(
        { event: "mcp_proxy.failed", ...failure },
        "could not forward a request to the session-daemon",
      );
    },
    /** `path` has ids replaced and no query. */
    requestServed(request: { method: string; path: string; status: number; ms: number }) {
      log.debug({ event: "request.served", ...request }, "request served");
    },
    requestFailed(failure: { path: string; error: unknown; reference?: string }) {
      const { error, ...rest } = failure;
      log.error({ event: "request.failed", ...rest, ...described(error) }, "request failed");
    },
  };
}

/** Logs no other members of an error: those of Redis carry the whole command. */
function described(error: unknown): { error: string; stack?: string | undefined; cause?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { error: error.message, stack: error.stack, ...cause };
}
