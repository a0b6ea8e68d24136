import { join } from "node:path";
import {
  claimTokenResponse,
  listTokensResponse,
  requestTokenResponse,
  type ClaimTokenResponse,
} from "@fjmcp/shared/ipc/admin";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { request } from "@fjmcp/testkit/mcp-client/http-client";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import { allowDevice } from "./device.ts";
import type { AuthServerSetup } from "./auth-server-setup.ts";

export const daySec = 86_400;
export const wanted = { name: "nightly ci", expiresInSec: 90 * daySec, readOnly: false };

/** An auth-server with an admin socket, and what the command line does with personal tokens there. */
export async function servePersonalTokens(setup: AuthServerSetup) {
  const adminSocket = join(setup.directory, "admin.sock");
  const { origin, process } = await setup.spawn({ FJMCP_ADMIN_SOCKET: adminSocket });
  const ipcOf = (server: string) => join(setup.directory, `ipc-${new URL(server).port}.sock`);

  async function post(socketPath: string, path: string, body?: object) {
    const headers = { "content-type": "application/json" };
    const method = body === undefined ? "GET" : "POST";
    return request({ socketPath }, { method, path, headers, ...(body && { body: JSON.stringify(body) }) });
  }
  const admin = async (path: string, body?: object) => (await post(adminSocket, path, body)).json;
  const start = async (more: object = {}) =>
    requestTokenResponse.parse(await admin("/tokens/request", { ...wanted, ...more }));
  const claim = async (deviceCode: string): Promise<ClaimTokenResponse> =>
    claimTokenResponse.parse(await admin("/tokens/claim", { deviceCode }));

  return {
    origin,
    process,
    admin,
    start,
    claim,
    statusOfAdmin: async (path: string, body: object) => (await post(adminSocket, path, body)).status,
    list: async () => listTokensResponse.parse(await admin("/tokens")).tokens,

    /** A new token of a user. */
    create: async (user: ScriptedUser, more: object = {}) => {
      const { deviceCode, userCode } = await start(more);
      await allowDevice(origin, user, userCode);
      const claimed = await claim(deviceCode);
      if (claimed.status !== "created") throw new Error(claimed.status);
      return { ...claimed, deviceCode };
    },

    /** What the session-daemon gets for a token. */
    statusOf: async (token: string, server = origin) => {
      const { json } = await post(ipcOf(server), upstreamTokenPath, { accessToken: token });
      return upstreamTokenResponse.parse(json).status;
    },
  };
}
