import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import type { RevocationReason } from "./grant/revocation-reason.ts";

/**
 * The audit events of the auth-server, one function each: who did what with which client. Ids, hosts and login names
 * are logged; no token, code, secret, cookie, state, query or header ever is.
 */
export type AuditEvents = ReturnType<typeof createAuditEvents>;

export function createAuditEvents(log: Log) {
  return {
    clientRegistered(client: { clientId: ClientId; clientName: string; redirectHosts: readonly string[] }) {
      log.info({ event: "client.registered", ...client }, "a client registered itself");
    },
    registrationRejected(refusal: { error: string; detail: string }) {
      log.info({ event: "registration.refused", ...refusal }, "a registration was refused");
    },
    loginStarted(login: { clientId: ClientId }) {
      log.info({ event: "login.started", ...login }, "a person allowed a client and goes to Forgejo");
    },
    loginDenied(login: { clientId: ClientId }) {
      log.info({ event: "login.denied", ...login }, "a person denied a client");
    },
    loginCompleted(login: { accountId: AccountId; login: string; clientId: ClientId; grantId: GrantId }) {
      log.info({ event: "login.completed", ...login }, "a person connected a client");
    },
    /** `reference` is what the person sees on the page, where there is a page. */
    loginFailed(failure: { error: string; detail: string; clientId?: ClientId; reference?: string }) {
      log.warn({ event: "login.failed", ...failure }, "a login did not come to its end");
    },
    upstreamMisconfigured(fault: { detail: string; clientId?: ClientId; accountId?: AccountId }) {
      log.error(
        { event: "upstream.misconfigured", ...fault },
        "Forgejo and this configuration do not fit: an administrator must act",
      );
    },
    /** Nothing is lost: `accountId` goes on with the tokens that it has. */
    upstreamUnavailable({ accountId, error }: { accountId: AccountId; error: Error }) {
      log.warn({ event: "upstream.unavailable", accountId, err: error }, "Forgejo gave no answer");
    },
    upstreamInvalidated(death: { accountId: AccountId; reason: string }) {
      log.warn({ event: "upstream.dead", ...death }, "an account's Forgejo tokens are dead");
    },
    vaultDecryptionFailed({ accountId, error }: { accountId: AccountId; error: Error }) {
      log.error(
        { event: "vault.record_refused", accountId, err: error },
        "vault record refused: treated as absent",
      );
    },
    upstreamTokenUnavailable({ error }: { error: unknown }) {
      log.warn({ event: "upstream_token.unavailable", err: error }, "no upstream token could be given");
    },
    forgejoPlaintextHttp() {
      log.warn(
        { event: "forgejo.in_the_clear" },
        "Forgejo is reached over plain http: whoever is on the way sees its tokens",
      );
    },
    codeReplayed(replay: { grantId: GrantId; kind: "double_submit" | "replay" }) {
      log.warn({ event: "code.replayed", ...replay }, "an authorization code came twice");
    },
    tokensIssued(tokens: { grantType: string; accountId: AccountId; clientId: ClientId; grantId: GrantId }) {
      log.info({ event: "tokens.issued", ...tokens }, "tokens were issued");
    },
    tokenRequestRejected(refusal: { error: string; detail: string; clientId?: ClientId }) {
      log.info({ event: "tokens.refused", ...refusal }, "a token request was refused");
    },
    /** The client was answered `temporarily_unavailable`, which an administrator may have to do something about. */
    requestRetryLater(deferral: { path: string; detail: string; clientId?: ClientId }) {
      log.warn({ event: "request.deferred", ...deferral }, "a client was told to come back");
    },
    grantRevoked(grant: {
      grantId: GrantId;
      accountId: AccountId;
      clientId: ClientId;
      reason: RevocationReason;
    }) {
      log.info({ event: "grant.ended", ...grant }, "a grant has ended");
    },
    sessionDaemonNotifyFailed(call: { grantId: GrantId; detail: string }) {
      log.warn(
        { event: "session_daemon.not_told", ...call },
        "the session-daemon could not be told of an ended grant; its sweep will find it",
      );
    },
    mcpProxyFailed(failure: { reference: string; status: number; code: string | undefined; detail: string }) {
      log.warn({ event: "gateway.failed", ...failure }, "the session-daemon could not be asked");
    },
    /** `path` has ids replaced and no query. */
    requestServed(request: { method: string; path: string; status: number; ms: number }) {
      log.debug({ event: "request", ...request }, "request");
    },
    requestFailed(failure: { path: string; error: unknown; reference?: string }) {
      const { error, ...rest } = failure;
      log.error({ event: "request.failed", ...rest, ...described(error) }, "a request failed");
    },
  };
}

/** No more of an error than this: Redis's errors carry the whole command. */
function described(error: unknown): { error: string; stack?: string | undefined; cause?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { error: error.message, stack: error.stack, ...cause };
}
