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
    /** Forgejo rejected the code of this login; it issues another. */
    loginRepeated(login: { clientId: ClientId; retries: number }) {
      log.info(
        { event: "login.repeated", ...login },
        "Forgejo rejected a code; redirecting to Forgejo again",
      );
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
    /** Nothing is lost: everything works again once the user or an administrator has acted at Forgejo. */
    userSuspended(suspension: { accountId: AccountId }) {
      log.info({ event: "upstream.suspended", ...suspension }, "Forgejo does not serve this user at present");
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
    userCheckUnavailable({ error }: { error: unknown }) {
      log.warn({ event: "user_check.unavailable", err: error }, "could not check a user at Forgejo");
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
    sessionDaemonNotifyFailed(call: { grantId: GrantId; detail: string }) {
      log.warn(
        { event: "session_daemon.notify_failed", ...call },
        "could not notify the session-daemon of a revoked grant; its sweep will find it",
      );
    },
    workerRetirementFailed(call: { accountId: AccountId; detail: string }) {
      log.warn(
        { event: "session_daemon.retire_failed", ...call },
        "could not retire an account's workers; their calls fail until their Forgejo tokens expire",
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
