import { join } from "node:path";
import type { Test } from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { userCheckPath, userCheckResponse } from "@fjmcp/shared/ipc/user-check";
import type { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";
import type { Clock } from "@fjmcp/shared/clock";
import { authorize, redeem, register, tokensOf } from "./client.ts";
import { setUpAuthServer } from "./auth-server-setup.ts";

/** The level that a user chooses. */
export type Level = "read" | "write";

/** An auth-server with both applications, and what its clients and the session-daemon do there. */
export async function serveTwoApplications(t: Test, clock?: Clock) {
  const setup = await setUpAuthServer(t);
  const more = setup.readOnlyApp.environment;
  const origin = await setup.serve({ more, ...(clock && { clock }) });
  const applications = { write: setup.forgejoApp.clientId, read: setup.readOnlyApp.clientId };

  const call = (server: string) => ({
    socketPath: join(setup.directory, `ipc-${new URL(server).port}.sock`),
    timeoutMs: 30_000,
  });

  /** What the session-daemon gets for an access token. */
  const upstream = (accessToken: string, server = origin) =>
    callIpc({
      ...call(server),
      path: upstreamTokenPath,
      body: { accessToken },
      schema: upstreamTokenResponse,
    });

  const userCheck = (grantId: string, server = origin) =>
    callIpc({ ...call(server), path: userCheckPath, body: { grantId }, schema: userCheckResponse });

  return {
    setup,
    origin,
    upstream,
    applications,
    /** Another auth-server of the same installation. */
    another: () => setup.serve({ more, ...(clock && { clock }) }),

    /** From registration to tokens. */
    connect: async (user: ScriptedUser, access: Level) => {
      const client = await register(origin);
      const code = await authorize(origin, client, user, { signIn: { access } });
      return { ...client, ...tokensOf(await redeem(origin, code)) };
    },

    /** The Forgejo token that a worker gets for it. */
    forgejoToken: async (accessToken: string, server = origin) => {
      const response = await upstream(accessToken, server);
      if (response.status !== "ok") throw new Error(`no Forgejo token: ${response.status}`);
      return response.token;
    },

    /** The status to which a check of the grant's user leads. */
    check: async (grantId: string, server = origin) => (await userCheck(grantId, server)).status,
    userCheck,

    grantOf: async (accessToken: string): Promise<string> => {
      const record = await setup.admin.get(`token:access:${sha256Hex(accessToken)}`);
      return (JSON.parse(record!) as { grantId: string }).grantId;
    },

    /** Whether Forgejo has tokens of an application for the user stored. */
    hasRecord: async (level: Level, account = "1") =>
      (await setup.admin.exists(`upstream:${applications[level]}:${account}`)) === 1,

    /** The status of Forgejo's response to a read and to a write. */
    use: async (forgejoToken: string): Promise<{ read: number; write: number }> => {
      const headers = { authorization: `token ${forgejoToken}`, "content-type": "application/json" };
      const url = `${setup.forgejo.url}/api/v1/repos/alice/welcome/issues`;
      const body = JSON.stringify({ title: "An issue" });
      const [read, write] = [
        await fetch(url, { headers }),
        await fetch(url, { method: "POST", headers, body }),
      ];
      return { read: read.status, write: write.status };
    },
  };
}
