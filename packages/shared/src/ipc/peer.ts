import { healthy, type ComponentHealth } from "../component-health.ts";
import type { Log } from "../log.ts";
import { callIpc } from "./ipc-client.ts";
import { identityPath, identityResponse } from "./health.ts";

const timeoutMs = 2000;
const watchMs = 5000;

/** The other daemon, as this one sees it over its private socket. */
export interface Peer {
  readonly daemon: "auth-server" | "session-daemon";
  readonly socketPath: string;
  /** This daemon's own. */
  readonly issuer: string;
}

/** Asks the other daemon what it is. `misconfigured` when it has another issuer. Never rejects. */
export async function peerHealth(peer: Peer): Promise<ComponentHealth> {
  try {
    const { issuer } = await callIpc({
      socketPath: peer.socketPath,
      path: identityPath,
      schema: identityResponse,
      timeoutMs,
    });
    if (issuer === peer.issuer) return healthy;
    return {
      status: "misconfigured",
      reason:
        `FJMCP_ISSUER is ${peer.issuer} here and ${issuer} in the ${peer.daemon}: ` +
        "every access token is rejected until both are the same",
    };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return {
      status: "away",
      reason: `the ${peer.daemon} does not respond (${cause instanceof Error ? cause.message : "no response"})`,
    };
  }
}

/**
 * Asks the other daemon again and again until the returned function is called, and logs each change: its absence as a
 * warning, another issuer as an error.
 */
export function watchPeer(peer: Peer, log: Log): () => void {
  let last: ComponentHealth["status"] = "ok";
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const { status, reason } = await peerHealth(peer);
    if (isStopped) return;
    if (status !== last) report(log, peer, status, reason);
    last = status;
    timer = setTimeout(() => void look(), watchMs);
  };
  void look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

function report(
  log: Log,
  { daemon }: Peer,
  status: ComponentHealth["status"],
  reason: string | undefined,
): void {
  if (status === "misconfigured")
    log.error({ event: "peer.other_issuer", daemon, cause: reason }, "the daemons have different issuers");
  else if (status === "away")
    log.warn({ event: "peer.away", daemon, cause: reason }, "the other daemon does not respond");
  else log.info({ event: "peer.responding", daemon }, "the other daemon responds, with the same issuer");
}
