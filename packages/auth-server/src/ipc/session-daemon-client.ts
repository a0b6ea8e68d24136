import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import {
  controlPaths,
  endSessionsResponse,
  listSessionsResponse,
  type EndSessionsRequest,
  type ListSessionsResponse,
} from "@fjmcp/shared/ipc/control";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";

/** What the auth-server asks over `control.sock`. Everything rejects with IpcUnavailableError. */
export interface SessionDaemonClient {
  /** Ends the workers and open streams of one grant; resolves once they are gone. */
  endGrant(grant: GrantId): Promise<void>;
  /** Ends workers, streams and sessions of one client, whoever uses it; resolves once they are gone. */
  endClient(client: ClientId): Promise<void>;
  /** Ends workers, streams and sessions of one account; resolves once they are gone. */
  endAccount(account: AccountId): Promise<void>;
  listSessions(account: AccountId): Promise<ListSessionsResponse["sessions"]>;
}

/** Ending a child process takes the session-daemon a moment. */
const timeoutMs = 5000;

export function createSessionDaemonClient(controlSocketPath: string): SessionDaemonClient {
  async function end(body: EndSessionsRequest): Promise<void> {
    await callIpc({
      socketPath: controlSocketPath,
      path: controlPaths.end,
      body,
      schema: endSessionsResponse,
      timeoutMs,
    });
  }

  return {
    endGrant: (grantId) => end({ by: "grant", grantId }),
    endClient: (clientId) => end({ by: "client", clientId }),
    endAccount: (accountId) => end({ by: "account", accountId }),

    async listSessions(accountId) {
      const query = new URLSearchParams({ accountId });
      const answer = await callIpc({
        socketPath: controlSocketPath,
        path: `${controlPaths.sessions}?${query.toString()}`,
        schema: listSessionsResponse,
        timeoutMs,
      });
      return answer.sessions;
    },
  };
}
