import { clientRef } from "@fjmcp/shared/client-ref";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { EndSessionsRequest, EndSessionsResponse } from "@fjmcp/shared/ipc/control";
import type { AccountId, Hash } from "@fjmcp/shared/ids";
import { EventThrottle } from "@fjmcp/shared/event-throttle";
import type { Log } from "@fjmcp/shared/log";
import { isRejectedByRedis } from "@fjmcp/shared/redis/rejected-by-redis";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import { sessionRef } from "@fjmcp/shared/session-ref";
import type { Principal } from "@fjmcp/shared/principal";
import type { EndedSessions } from "./ended-sessions.ts";
import type { ComparedTools } from "./policy/child-tools.ts";
import { SessionLines } from "./session-lines.ts";

const maxSessionRefsPerLine = 20;
/** The journal splits lines of more than 48 KiB. */
export const maxToolsPerLine = 200;

/**
 * The events of sessions and requests, one function each. Ids, paths and statuses are logged; no message, header, query
 * or token ever is.
 */
export type Events = ReturnType<typeof createEvents>;

export function createEvents(log: Log) {
  const throttle = new EventThrottle();
  const sessionLines = new SessionLines(log);
  /** The references of failures that are counted, by their kind. */
  const references = new Map<string, string>();

  /** Logs failures of one kind once a second, with their number; they share the reference that it returns. */
  function countFailures(
    kind: string,
    write: (fields: { reference: string; count: number }) => void,
  ): string {
    if (!throttle.isActive(kind)) references.set(kind, newErrorReference());
    const reference = references.get(kind)!;
    throttle.log(kind, ({ count }) => write({ reference, count }));
    return reference;
  }

  return {
    /** Writes the events that are only counted so far: for the end of the process. */
    flush() {
      throttle.flush();
      sessionLines.flush();
    },

    /** Whether `requestServed` logs anything: it is called for each request. */
    logsRequests: log.isLevelEnabled("debug"),

    /** `cgroups` has a reason when workers have none of their own. */
    sandboxChosen({ kind, reason }: { kind: string; reason: string }, cgroups: object | { reason: string }) {
      const fields = {
        event: "sandbox.chosen",
        sandbox: kind,
        reason,
        cgroups: "reason" in cgroups ? cgroups.reason : "one for each worker",
      };
      log.info(fields, "each worker runs in this sandbox");
    },
    /** Redis's client-side caching does not work. */
    trackingUnavailable({ message }: Error) {
      log.warn(
        { event: "redis.tracking_unavailable", cause: message },
        "client tracking is unavailable: the authentication cache is disabled; deploy/redis.acl has the rights it needs",
      );
    },
    /** `argument` is the configured name. */
    argumentDenied({ grantId, accountId }: Principal, argument: string) {
      throttle.log(`denied ${argument}`, ({ count }) =>
        log.warn(
          { event: "call.argument_denied", grantId, accountId, argument, count },
          "a call named an argument that the administrator denies",
        ),
      );
    },
    /** A request that the tool policy does not allow. `tool` is a name of the tool table; undefined for anything else. */
    requestRejected(
      { grantId, accountId }: Principal,
      rejected: { method: string; tool: string | undefined; reason: string },
    ) {
      const { method, tool, reason } = rejected;
      throttle.log(`rejected ${method} ${tool} ${reason}`, ({ count }) =>
        log.info(
          { event: "call.rejected", grantId, accountId, ...rejected, count },
          "a request was rejected by the tool policy",
        ),
      );
    },
    /** The names are the child's, and cleaned. */
    unknownTools({ table, unknown }: ComparedTools) {
      const tools = unknown.slice(0, maxToolsPerLine);
      log.warn(
        { event: "tools.unknown", table, tools, count: unknown.length },
        "the MCP server has tools that its tool table does not know: they count as destructive, toolset other",
      );
    },
    /** `path` is without its query, and cleaned. */
    requestServed(request: { method: string | undefined; path: string; status: number }) {
      log.debug({ event: "request.served", ...request }, "request");
    },
    sessionOpened(caller: Principal, session: Hash, { protocolVersion }: SessionRecord) {
      const fields = { ...named(caller), sessionRef: sessionRef(session), protocolVersion };
      sessionLines.write({ event: "session.opened", ...fields }, "a client opened a session");
    },
    sessionClosedByClient(caller: Principal, session: Hash) {
      const fields = { ...named(caller), sessionRef: sessionRef(session), reason: "client" };
      sessionLines.write({ event: "session.closed", ...fields }, "a client closed its session");
    },
    /** They are all of one account, and their client has not ended them. */
    sessionsEnded(ended: EndedSessions) {
      const { accountId, reason, sessions } = ended;
      const refs = sessions.slice(0, maxSessionRefsPerLine).map(sessionRef);
      log.info(
        { event: "session.closed", accountId, sessionRefs: refs, count: sessions.length, reason },
        "sessions of an account ended",
      );
    },
    /** Their grants were revoked; `count` sessions of one account. */
    sessionsEndedWithGrants(ended: { accountId: AccountId; count: number }) {
      const fields = { event: "session.closed", ...ended, reason: "access_ended" };
      log.info(fields, "sessions of an account ended with their grants");
    },
    /** The session belongs to the caller's grant from now on. Counted, as two grants may use one session in turns. */
    sessionMoved(caller: Principal) {
      throttle.log(`moved ${caller.accountId}`, ({ count }) =>
        log.info({ event: "session.moved", ...named(caller), count }, "another grant took over a session"),
      );
    },
    /** A session that has a worker of its own: they end together. */
    sessionEndedWithWorker(owner: Principal, session: Hash) {
      const fields = { ...named(owner), sessionRef: sessionRef(session), reason: "worker_ended" };
      sessionLines.write({ event: "session.closed", ...fields }, "a session ended with its worker");
    },
    /** On request of the auth-server or an administrator over the control socket. */
    accessTerminated(request: EndSessionsRequest, ended: EndSessionsResponse) {
      const { by } = request;
      const named =
        by === "client"
          ? { clientRef: clientRef(request.clientId) }
          : by === "grants"
            ? { grants: request.grantIds.length }
            : request;
      log.info({ event: "grant.terminated", ...named, by, ...ended }, "access was terminated on request");
    },
    /** `grants` is the number of grants that were revoked without a notification. */
    sweepTerminated({ grants }: { grants: number }) {
      log.info({ event: "grant.terminated", by: "sweep", grants }, "the sweep terminated revoked grants");
    },
    /**
     * Returns the reference for the response. During an outage of Redis, or without the rights that it must give, any request
     * can fail, with or without a valid token: these failures are logged once a second with their number, and share a
     * reference.
     */
    requestFailed(error: unknown): string {
      if (error instanceof StoreUnavailableError) {
        const cause = causeOf(error);
        return countFailures("outage", ({ reference, count }) =>
          log.warn(
            { event: "request.failed", reference, cause, count },
            "requests failed because Redis was unavailable",
          ),
        );
      }
      if (isRejectedByRedis(error)) {
        const fields = { event: "request.failed", command: error.command?.name, cause: error.message };
        return countFailures("rejected by Redis", ({ reference, count }) =>
          log.error({ ...fields, reference, count }, "requests failed because Redis rejected a command"),
        );
      }
      const reference = newErrorReference();
      log.error({ event: "request.failed", reference, err: error }, "a request failed");
      return reference;
    },
    backgroundTaskFailed(task: string, error: unknown) {
      // The outage itself is logged once, as redis.disconnected.
      if (error instanceof StoreUnavailableError) {
        log.debug({ event: "background_task.failed", task, cause: causeOf(error) }, error.message);
      } else
        log.warn(
          { event: "background_task.failed", task, err: error },
          "a background task failed; it runs again later",
        );
    },
  };
}

/** The client by its reference: its id is long, and consists of what it says about itself. */
function named({ grantId, accountId, clientId }: Principal) {
  return { grantId, accountId, clientRef: clientRef(clientId) };
}

function causeOf({ cause }: StoreUnavailableError): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
