import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import t, { type Test } from "tap";
import { identityPath } from "../../src/ipc/health.ts";
import { peerHealth, watchPeer } from "../../src/ipc/peer.ts";
import type { Log } from "../../src/log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const issuer = "https://mcp.example.org";

async function auth(t: Test, its: { issuer: string; daemon?: string }) {
  const socketPath = join(temporaryDirectory(t), "ipc.sock");
  const server = createServer((req, res) => {
    t.equal(req.url, identityPath);
    res.end(JSON.stringify({ daemon: "auth-server", version: "1", ...its }));
  }).listen(socketPath);
  await once(server, "listening");
  t.teardown(() => server.close());
  return { daemon: "auth-server", socketPath, issuer } as const;
}

t.test("compares the issuer of the other daemon with this one's", async (t) => {
  t.same(await peerHealth(await auth(t, { issuer })), { status: "ok" });
  t.match(await peerHealth(await auth(t, { issuer: "https://other.example.org" })), {
    status: "misconfigured",
    reason:
      /FJMCP_ISSUER is https:\/\/mcp\.example\.org here and https:\/\/other\.example\.org in the auth-server/,
  });
});

t.test("reports that another daemon responds, and names the setting to look at", async (t) => {
  const itself = await auth(t, { issuer, daemon: "session-daemon" });
  t.match(await peerHealth(itself), {
    status: "misconfigured",
    reason: `FJMCP_IPC_SOCKET: at ${itself.socketPath} the session-daemon responds, not the auth-server`,
  });
  const peer = { ...(await auth(t, { issuer })), daemon: "session-daemon" } as const;
  t.match(await peerHealth(peer), {
    status: "misconfigured",
    reason: `FJMCP_CONTROL_SOCKET: at ${peer.socketPath} the auth-server responds, not the session-daemon`,
  });
});

t.test("reports a daemon that does not respond, or not as one, as away", async (t) => {
  const nowhere = { daemon: "auth-server", socketPath: "/nonexistent/ipc.sock", issuer } as const;
  t.match(await peerHealth(nowhere), { status: "away", reason: "ENOENT" });
  t.match(await peerHealth(await auth(t, {} as { issuer: string })), { status: "away" });
});

t.test("logs another issuer and another daemon as an error", async (t) => {
  for (const [its, event] of [
    [{ issuer: "https://other.example.org" }, "peer.other_issuer"],
    [{ issuer, daemon: "session-daemon" }, "peer.other_daemon"],
  ] as const) {
    const lines: [level: string, event: string][] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const write = (level: string) => (fields: { event: string }) => {
      lines.push([level, fields.event]);
      resolve();
    };
    const log = { error: write("error"), warn: write("warn"), info: write("info") } as unknown as Log;
    const stop = watchPeer(await auth(t, its), log);
    await promise;
    stop();
    t.same(lines, [["error", event]]);
  }
});
