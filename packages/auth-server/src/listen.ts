import type { Server } from "node:http";
import { listenOn, listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import type { AuthServerConfig } from "./config.ts";

type Settings = Pick<
  AuthServerConfig,
  "listen" | "ipcSocket" | "adminSocket" | "metricsListen" | "inherited"
>;

/**
 * Starts to listen for what is configured, the public server last. Resolves with the servers that listen; rejects when one
 * cannot be bound.
 */
export async function listen(
  config: Settings,
  { http, ipc, admin, metrics }: Readonly<Record<"http" | "ipc" | "admin" | "metrics", Server>>,
): Promise<Server[]> {
  const servers = [http, ipc];
  await listenUnix(ipc, config.ipcSocket, config.inherited.ipc);
  if (config.adminSocket !== undefined || config.inherited.admin !== undefined) {
    await listenUnix(admin, config.adminSocket ?? "", config.inherited.admin);
    servers.push(admin);
  }
  if (config.metricsListen !== undefined) {
    await listenOn(metrics, config.metricsListen);
    servers.push(metrics);
  }
  await listenOn(http, config.listen, config.inherited.http);
  return servers;
}
