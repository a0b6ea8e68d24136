import type { GrantRef } from "@fjmcp/shared/grant-ref";
import type { AccountId } from "@fjmcp/shared/ids";
import type { UserCheckResponse } from "@fjmcp/shared/ipc/user-check";
import type { Log } from "@fjmcp/shared/log";

/**
 * The log events of workers, one function each. No message of a client or a child is logged, except a child's stderr,
 * redacted. `reference` is also in the error that the client gets.
 */
export type WorkerEvents = ReturnType<typeof createWorkerEvents>;

export function createWorkerEvents(log: Log) {
  return {
    /**
     * `grantRef` is in the User-Agent that Forgejo sees; `revision` of MCP is the one that the child has accepted.
     */
    started(worker: { pid: number | undefined; grantRef: GrantRef; revision: string }) {
      log.info({ event: "worker.started", ...worker }, "worker started");
    },
    /** `how` completes "it …"; `stderr` holds the child's last lines. */
    startFailed(failure: { reference: string; how: string; err: unknown; stderr: readonly string[] }) {
      log.warn({ event: "worker.start_failed", ...failure }, "worker did not start");
    },
    /** The daemon is at fault, not the child. */
    startError(failure: { reference: string; err: unknown }) {
      log.error({ event: "worker.start_error", ...failure }, "unexpected error while starting a worker");
    },
    /** `how` is the exit code or the signal; `outOfMemory` is true only when that is known to be the cause. */
    exited(exit: { reference: string; pid: number | undefined; how: string; outOfMemory: boolean }) {
      log.warn({ event: "worker.exited", ...exit }, "worker exited by itself");
    },
    /** On request of the administrator. */
    terminated(worker: { pid: number }) {
      log.info({ event: "worker.terminated", ...worker }, "worker was ended on request");
    },
    crashLoop(loop: { reference: string }) {
      log.warn({ event: "worker.crash_loop", ...loop }, "workers keep crashing; backing off");
    },
    cleanupFailed(failure: { pid: number | undefined; err: unknown }) {
      log.error({ event: "worker.cleanup_failed", ...failure }, "failed to end the processes of a worker");
    },
    orphanKilled(orphan: { groupId: number }) {
      log.warn({ event: "worker.orphan_killed", ...orphan }, "killed a worker of an earlier run");
    },
    outputError(failure: { reference: string; pid: number | undefined; err: unknown }) {
      log.error({ event: "worker.output_error", ...failure }, "failed to process worker output");
    },
    lineTooLong(limit: { maxLineBytes: number }) {
      log.warn({ event: "worker.line_too_long", ...limit }, "worker wrote a line that is too long");
    },
    lineTooCostly() {
      log.warn(
        { event: "worker.line_too_costly" },
        "worker wrote a line with too many values or levels to parse",
      );
    },
    /** The child wrote errors without an id, so that the requests they belong to are not known: `count` since the last such event. */
    requestLost(lost: { pid: number | undefined; count: number }) {
      log.warn(
        { event: "worker.request_lost", ...lost },
        "worker lost a request: it wrote an error without an id",
      );
    },
    /** Lines that are no messages, and responses to no call, since the last such event: a call may wait in vain. */
    outputDropped(dropped: { pid: number | undefined; count: number }) {
      log.warn(
        { event: "worker.output_dropped", ...dropped },
        "worker wrote lines that are no responses while calls were in flight",
      );
    },
    /** As `outputDropped`, while no call was in flight. */
    lineIgnored() {
      log.debug({ event: "worker.line_ignored" }, "worker wrote a line that is no message");
    },
    /** A line from before the worker was ready, which holds no data of users. */
    startingStderr(stderr: string) {
      log.debug({ event: "worker.starting_stderr", stderr }, "starting worker wrote on stderr");
    },
    stderr(stderr: string) {
      log.trace({ event: "worker.stderr", stderr }, "worker wrote on stderr");
    },
    /** `status` is the auth-server's; logged unless the user is well and was before. */
    userChecked(check: { accountId: AccountId; status: UserCheckResponse["status"] }) {
      log.info({ event: "user_check.completed", ...check }, "Forgejo was asked about a user");
    },
    userCheckFailed(failure: { accountId: AccountId; err: unknown }) {
      log.warn({ event: "user_check.failed", ...failure }, "the auth-server did not check a user");
    },
    /** The account's Forgejo tokens were replaced. */
    retired(account: { accountId: AccountId; workers: number }) {
      log.info({ event: "worker.retired", ...account }, "the workers of an account make place for new ones");
    },
    upstreamTokenUnavailable(failure: { err: unknown }) {
      log.warn({ event: "upstream_token.unavailable", ...failure }, "the auth-server gave no upstream token");
    },
  };
}
