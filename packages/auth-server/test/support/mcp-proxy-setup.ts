import { once } from "node:events";
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Test } from "tap";
import { createPublicServer } from "@fjmcp/shared/http-server/public-server";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { createAuditEvents } from "../../src/audit-events.ts";
import { createMcpProxy } from "../../src/http/mcp-proxy/mcp-proxy.ts";
import { memoryLog } from "./upstream-setup.ts";

/** A proxy in front of a stand-in for the session-daemon. */
interface McpProxySetup {
  readonly port: number;
  readonly socketPath: string;
  readonly logText: () => string;
  /** Starts the session-daemon's stand-in. */
  serve(listener: RequestListener): Promise<Server>;
  send(options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
  }): Promise<IncomingMessage>;
}

export async function setUpMcpProxy(t: Test): Promise<McpProxySetup> {
  const socketPath = join(temporaryDirectory(t), "mcp.sock");
  const { log, text } = memoryLog();
  const front = createPublicServer(
    createMcpProxy({ mcpSocketPath: socketPath, events: createAuditEvents(log) }),
  );
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  t.teardown(() => end(front));
  const { port } = front.address() as AddressInfo;
  return {
    port,
    socketPath,
    logText: text,
    async serve(listener) {
      const server = createServer(listener);
      await listenUnix(server, socketPath);
      t.teardown(() => end(server));
      return server;
    },
    async send({ method = "POST", headers = {}, body }) {
      const outgoing = request({ port, host: "127.0.0.1", path: "/mcp?canary=1", method, headers });
      outgoing.end(body);
      const [response] = (await once(outgoing, "response")) as [IncomingMessage];
      return response;
    },
  };
}

export function end(server: Server): void {
  server.close();
  server.closeAllConnections();
}
