import type { ComponentHealth } from "../component-health.ts";
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

/** The setting of each daemon's private socket. */
const socketSettings = { "auth-server": "FJMCP_IPC_SOCKET", "session-daemon": "FJMCP_CONTROL_SOCKET" };

type PeerState =
  | { readonly kind: "ok" }
  | { readonly kind: "away" | "other_daemon" | "other_issuer"; readonly reason: string };

/** Asks the other daemon what it is. `misconfigured` when it has another issuer, or another daemon responds. Never rejects. */
export async function peerHealth(peer: Peer): Promise<ComponentHealth> {
  const state = await stateOf(peer);
  if (state.kind === "ok") return { status: "ok" };
  return { status: state.kind === "away" ? "away" : "misconfigured", reason: state.reason };
}

async function stateOf(peer: Peer): Promise<PeerState> {
  try {
    const { daemon, issuer } = await callIpc({
      socketPath: peer.socketPath,
      path: identityPath,
      schema: identityResponse,
      timeoutMs,
    });
    if (daemon !== peer.daemon)
      return {
        kind: "other_daemon",
        reason:
          `${socketSettings[peer.daemon]}: at ${peer.socketPath} the ${daemon} responds, not the ${peer.daemon}; ` +
          "give both daemons the same settings, with a socket of its own for each",
      };
    if (issuer === peer.issuer) return { kind: "ok" };
    return {
      kind: "other_issuer",
      reason:
        `FJMCP_ISSUER is ${peer.issuer} here and ${issuer} in the ${peer.daemon}: ` +
        "every access token is rejected until both are the same",
    };
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return {
      kind: "away",
      reason: `the ${peer.daemon} does not respond (${cause instanceof Error ? cause.message : "no response"})`,
    };
  }
}

/**
 * Asks the other daemon again and again until the returned function is called, and logs each change: its absence as a
 * warning, another issuer or another daemon in its place as an error.
 */
export function watchPeer(peer: Peer, log: Log): () => void {
  let last: PeerState["kind"] = "ok";
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const state = await stateOf(peer);
    if (isStopped) return;
    if (state.kind !== last) report(log, peer, state);
    last = state.kind;
    timer = setTimeout(() => void look(), watchMs);
  };
  void look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

function report(log: Log, { daemon }: Peer, state: PeerState): void {
  switch (state.kind) {
    case "ok":
      return log.info(
        { event: "peer.responding", daemon },
        "the other daemon responds, with the same issuer",
      );
    case "away":
      return log.warn(
        { event: "peer.away", daemon, cause: state.reason },
        "the other daemon does not respond",
      );
    case "other_issuer":
      return log.error(
        { event: "peer.other_issuer", daemon, cause: state.reason },
        "the daemons have different issuers",
      );
    case "other_daemon":
      return log.error(
        { event: "peer.other_daemon", daemon, cause: state.reason },
        "the other daemon's socket is that of another daemon",
      );
  }
}
