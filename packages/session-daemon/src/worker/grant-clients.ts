import type { GrantId } from "@fjmcp/shared/ids";
import type { McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { CallSink, ListKind } from "./call.ts";

/** A log message of a child. */
export interface ChildLog {
  readonly level: McpLogLevel;
  /** The whole notification, without a line end. */
  readonly message: Buffer;
  /** The only call that it can belong to. */
  readonly call: CallSink | undefined;
}

/**
 * The clients of a grant, which share its workers: they get what its children send by themselves, and their state is
 * set up on each new worker.
 */
export interface GrantClients {
  /** A list of the child has changed; called at most once per real change. */
  onListChanged(grantId: GrantId, kind: ListKind): void;
  onLog(grantId: GrantId, log: ChildLog): void;
  /** `message` is the whole notification, without a line end. */
  onResourceUpdated(grantId: GrantId, uri: string, message: Buffer): void;
  /** The most verbose level that a live session has set. */
  logLevel(grantId: GrantId): McpLogLevel | undefined;
  /** The resources that a client has subscribed to. */
  subscribedUris(grantId: GrantId): Iterable<string>;
  /** Whether an update of a resource could reach a client now: then an idle worker stays. */
  awaitsUpdates(grantId: GrantId): boolean;
}

/** For a pool whose workers only respond to calls. */
export const noGrantClients: GrantClients = {
  onListChanged: () => undefined,
  onLog: () => undefined,
  onResourceUpdated: () => undefined,
  logLevel: () => undefined,
  subscribedUris: () => [],
  awaitsUpdates: () => false,
};
