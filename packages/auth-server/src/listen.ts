import type { Server } from "node:http";
import { listeningAt, listenOn, listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import type { AuthServerConfig } from "./config.ts";

type Settings = Pick<
  AuthServerConfig,
  "listen" | "ipcSocket" | "adminSocket" | "metricsListen" | "inherited"
>;

/**
 * Starts to listen for what is configured, the public server last. Resolves with the servers that listen; rejects with
 * ConfigurationError when one cannot be bound.
 */
export async function listen(
  config: Settings,
  { http, ipc, admin, metrics }: Readonly<Record<"http" | "ipc" | "admin" | "metrics", Server>>,
): Promise<Server[]> {
  const servers = [http, ipc];
  await listeningAt("FJMCP_IPC_SOCKET", listenUnix(ipc, config.ipcSocket, config.inherited.ipc));
  if (config.adminSocket !== undefined || config.inherited.admin !== undefined) {
    await listeningAt(
      "FJMCP_ADMIN_SOCKET",
      listenUnix(admin, config.adminSocket ?? "", config.inherited.admin),
    );
    servers.push(admin);
  }
  if (config.metricsListen !== undefined) {
    await listeningAt("FJMCP_METRICS_LISTEN", listenOn(metrics, config.metricsListen));
    servers.push(metrics);
  }
  await listeningAt("FJMCP_LISTEN", listenOn(http, config.listen, config.inherited.http));
  return servers;
}
