import type { Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { CallSink } from "./call.ts";
import type { ChildNotification, ChildRequest } from "./child-listener.ts";

/** The clients of sessions that have a worker of their own. `owner` is the grant that has opened the session. */
export interface SessionClients {
  /** A request for which the client has the capability. `respond` expects JSON text such as `"result":{}`, once. */
  onRequest(
    owner: Principal,
    session: Hash,
    request: ChildRequest,
    call: CallSink | undefined,
    respond: (member: string) => void,
  ): void;
  onNotification(
    owner: Principal,
    session: Hash,
    notification: ChildNotification,
    call: CallSink | undefined,
  ): void;
  /** Whether the client listens for messages of the child: then an idle worker stays. */
  isListening(owner: Principal, session: Hash): boolean;
  /** The worker has ended, and the session with it. */
  onEnded(owner: Principal, session: Hash): void;
}
