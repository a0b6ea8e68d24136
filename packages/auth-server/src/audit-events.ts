import { clientRef } from "@fjmcp/shared/client-ref";
import { displayText } from "@fjmcp/shared/display-text";
import { grantRef } from "@fjmcp/shared/grant-ref";
import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import { EventThrottle } from "@fjmcp/shared/event-throttle";
import type { Log } from "@fjmcp/shared/log";
import type { Principal } from "@fjmcp/shared/principal";
import { boundedList, cleaned, maxDetailLength, maxNameLength, named } from "./audit-fields.ts";
import { createConnectionsEvents } from "./connections-events.ts";
import type { RateLimit } from "./rate-limit/rate-limiter.ts";
import type { RevocationReason } from "@fjmcp/shared/ipc/explain";

/**
 * The audit events of the auth-server, one function each. Ids, hosts and login names are logged; no token, code, secret,
 * cookie, state, query or header ever is. What a client sent is cleaned and cut. A fault of a client or user is `info`,
 * one of ours, of Forgejo or of Redis `warn` or `error`. Failures, and what any client can cause before a login completes,
 * are counted: at most one line a second of each kind. So is what a user of Forgejo without access here can cause, by account.
 */
export type AuditEvents = ReturnType<typeof createAuditEvents>;

export function createAuditEvents(log: Log) {
  const throttle = new EventThrottle();

  /** For what any client can cause at any rate; `kind` tells apart the few kinds that an event has. */
  function logThrottled(
    level: "info" | "warn" | "error",
    { reference, ...fields }: { event: string; reference?: string | undefined; [field: string]: unknown },
    message: string,
    kind = "",
  ): void {
    throttle.log(
      `${fields.event} ${kind}`,
      ({ count, references }) =>
        log[level](
          {
            ...fields,
            ...(references.length > 0 && { reference: references[0] }),
            ...(references.length > 1 && { references }),
            count,
          },
          message,
        ),
      reference,
    );
  }

  return {
    /** Writes the events that are only counted so far: for the end of the process. */
    flush: () => throttle.flush(),
    clientRegistered(client: { clientId: ClientId; clientName: string; redirectHosts: readonly string[] }) {
      const { clientName, redirectHosts, ...rest } = client;
      const fields = {
        ...named(rest),
        clientName: displayText(clientName, maxNameLength),
        redirectHosts: boundedList(redirectHosts),
      };
      logThrottled("info", { event: "client.registered", ...fields }, "client registered");
    },
    registrationRejected(rejection: { error: string; detail: string }) {
      logThrottled(
        "info",
        { event: "registration.rejected", ...cleaned(rejection) },
        "client registration rejected",
        rejection.error,
      );
    },
    /** Nothing is lost where there is a fallback; without one, this client cannot connect. */
    clientDocumentUnavailable(failure: {
      host: string;
      detail: string;
      fallback: "stored" | "pinned" | "none";
    }) {
      const host = displayText(failure.host, maxNameLength);
      logThrottled(
        "info",
        { event: "client_document.unavailable", ...cleaned({ ...failure, host }) },
        "a client's document cannot be read",
        failure.fallback,
      );
    },
    deviceCodeIssued(device: { clientId: ClientId }) {
      logThrottled("info", { event: "device_code.issued", ...named(device) }, "device code issued");
    },
    deviceCodeRejected(rejection: { error: string; detail: string; clientId?: ClientId }) {
      logThrottled(
        "info",
        { event: "device_code.rejected", ...cleaned(rejection) },
        "request for a device code rejected",
        rejection.error,
      );
    },
    /** A user typed a code that is not pending; `paused` once this browser has done so too often. */
    userCodeRejected(rejection: { paused: boolean; reference: string }) {
      logThrottled(
        "info",
        { event: "user_code.rejected", ...rejection },
        "unknown code of a device typed",
        String(rejection.paused),
      );
    },
    loginStarted(login: { clientId: ClientId }) {
      logThrottled(
        "info",
        { event: "login.started", ...named(login) },
        "user allowed a client; redirecting to Forgejo",
      );
    },
    loginDenied(login: { clientId: ClientId }) {
      logThrottled("info", { event: "login.denied", ...named(login) }, "user denied a client");
    },
    /** Forgejo rejected the code of this login; it issues another. */
    loginRepeated(login: { clientId: ClientId; retries: number }) {
      logThrottled(
        "info",
        { event: "login.repeated", ...named(login) },
        "Forgejo rejected a code; redirecting to Forgejo again",
      );
    },
    /** `forgejoClientId`: the Forgejo application that authorized it. */
    loginCompleted(completed: Principal & { login: string; forgejoClientId: string }) {
      const login = displayText(completed.login, maxNameLength);
      const ref = grantRef(completed.grantId);
      log.info(
        { event: "login.completed", ...named(completed), grantRef: ref, login },
        "user connected a client",
      );
    },
    /** `reference` is the one that the page shows, where there is a page. */
    loginFailed(failure: { error: string; detail: string; clientId?: ClientId; reference?: string }) {
      logThrottled(
        ourFaults.has(failure.error) ? "warn" : "info",
        { event: "login.failed", ...cleaned(failure) },
        "login failed",
        failure.error,
      );
    },
    upstreamMisconfigured(fault: { detail: string; clientId?: ClientId; accountId?: AccountId }) {
      logThrottled(
        "error",
        { event: "upstream.misconfigured", ...cleaned(fault) },
        "Forgejo does not fit this configuration; an administrator must act",
      );
    },
    /** Nothing is lost: the account keeps its tokens. */
    upstreamUnavailable({ accountId, error }: { accountId: AccountId; error: Error }) {
      logThrottled(
        "warn",
        { event: "upstream.unavailable", accountId, err: error },
        "Forgejo is unavailable",
      );
    },
    upstreamInvalidated(invalidation: { accountId: AccountId; forgejoClientId: string; reason: string }) {
      log.warn(
        { event: "upstream.invalidated", ...invalidation },
        "Forgejo tokens are invalid; revoking the grants that rest on them",
      );
    },
    /** By the administrator's configuration. A `grant.revoked` of each grant that the user had follows. */
    userNotAllowed(user: { accountId: AccountId; login: string }) {
      const login = displayText(user.login, maxNameLength);
      logThrottled(
        "info",
        { event: "user.not_allowed", ...user, login },
        "a user is not allowed to sign in",
        user.accountId,
      );
    },
    /** Nothing is lost: everything works again once the user or an administrator has acted at Forgejo. */
    userSuspended(suspension: { accountId: AccountId }) {
      logThrottled(
        "info",
        { event: "upstream.suspended", ...suspension },
        "Forgejo does not serve this user at present",
        suspension.accountId,
      );
    },
    vaultDecryptionFailed({ accountId, error }: { accountId: AccountId; error: Error }) {
      log.error(
        { event: "vault.decryption_failed", accountId, err: error },
        "vault record cannot be decrypted; treated as missing",
      );
    },
    /** Nothing is lost: the record stays, and the calls of its user fail until the administrator has acted. */
    vaultKeyMissing(fault: { accountId: AccountId; keyId: string; detail: string }) {
      logThrottled(
        "error",
        { event: "vault.key_missing", ...fault },
        "a vault key is not in its key ring; an administrator must act",
        fault.keyId,
      );
    },
    /** `failed` of the accounts keep a record of an earlier key; the next start tries again. */
    vaultRenewalFailed({ failed, accounts, error }: { failed: number; accounts: number; error: unknown }) {
      log.error(
        { event: "vault.renewal_failed", failed, accounts, err: error },
        "not all Forgejo tokens were encrypted with the current vault key",
      );
    },
    upstreamTokenUnavailable({ error }: { error: unknown }) {
      logThrottled("warn", { event: "upstream_token.unavailable", err: error }, "no Forgejo token available");
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
    /** A double submit is a client's slip; a replay revokes the grant. */
    codeReplayed(replay: { grantId: GrantId; kind: "double_submit" | "replay" }) {
      logThrottled(
        replay.kind === "replay" ? "warn" : "info",
        { event: "code.replayed", ...replay },
        "authorization code presented twice",
        `${replay.kind} ${replay.grantId}`,
      );
    },
    tokensIssued(tokens: Principal & { grantType: string }) {
      log.info({ event: "tokens.issued", ...named(tokens) }, "tokens issued");
    },
    /** `grantId` and `accountId` are those of the code or token that was presented, which may be another client's. */
    tokenRequestRejected(rejection: { error: string; detail: string } & Partial<Principal>) {
      const { error, grantId = "" } = rejection;
      logThrottled(
        "info",
        { event: "token_request.rejected", ...cleaned(rejection) },
        "token request rejected",
        `${error} ${grantId}`,
      );
    },
    /** By the network that requests come from, or by account and client. */
    rateLimited(rejection: {
      limit: RateLimit;
      source?: string;
      accountId?: AccountId;
      clientId?: ClientId;
      reference?: string;
    }) {
      logThrottled(
        "info",
        { event: "rate_limit.exceeded", ...named(rejection) },
        "rejected a request over a rate limit",
        rejection.limit,
      );
    },
    /** Requests are served without a limit. */
    rateLimiterUnavailable(failure: { detail: string }) {
      logThrottled(
        "warn",
        { event: "rate_limit.unavailable", ...cleaned(failure) },
        "requests cannot be counted; none is limited",
      );
    },
    /** The client retries by itself; if it happens often, an administrator must act. */
    requestRetryLater(request: { path: string; detail: string; clientId?: ClientId }) {
      logThrottled(
        "warn",
        { event: "request.retry_later", ...cleaned(request) },
        "replied temporarily_unavailable",
        request.path,
      );
    },
    grantRevoked(grant: Principal & { reason: RevocationReason }) {
      log.info({ event: "grant.revoked", ...named(grant) }, "grant revoked");
    },
    /** `grantId` is the first of `grants` revoked grants. */
    sessionDaemonNotifyFailed(call: { grantId: GrantId; grants: number; detail: string }) {
      log.warn(
        { event: "session_daemon.notify_failed", ...call },
        "could not notify the session-daemon of revoked grants; its sweep will find them",
      );
    },
    ...createConnectionsEvents(log, logThrottled),
    policyNotifyFailed(call: { grantId: GrantId; detail: string }) {
      log.warn(
        { event: "session_daemon.policy_failed", ...call },
        "could not notify the session-daemon of a narrowed grant; clients may list tools that they cannot call",
      );
    },
    workerRetirementFailed(call: { accountId: AccountId; detail: string }) {
      log.warn(
        { event: "session_daemon.retire_failed", ...call },
        "could not retire an account's workers; their calls fail until their Forgejo tokens expire",
      );
    },
    earlyWorkerStartFailed({ clientId, ...call }: Principal & { detail: string }) {
      log.info(
        { event: "session_daemon.start_failed", ...call, clientRef: clientRef(clientId) },
        "no worker was started for a new grant; its first call starts one",
      );
    },
    mcpProxyFailed(failure: { reference: string; status: number; code: string | undefined; detail: string }) {
      logThrottled(
        "warn",
        { event: "mcp_proxy.failed", ...cleaned(failure) },
        "could not forward a request to the session-daemon",
        String(failure.status),
      );
    },
    /** `path` has ids replaced and no query. */
    requestServed(request: { method: string; path: string; status: number; ms: number }) {
      const path = displayText(request.path, maxDetailLength);
      log.debug({ event: "request.served", ...request, path }, "request served");
    },
    requestFailed(failure: { path: string; error: unknown; reference?: string }) {
      const { error, ...rest } = failure;
      logThrottled("error", { event: "request.failed", ...rest, err: error }, "request failed", rest.path);
    },
  };
}

/** Errors of an authorization that no client or user is to blame for (RFC 6749 §4.1.2.1). */
const ourFaults: ReadonlySet<string> = new Set(["server_error", "temporarily_unavailable"]);
