import { join } from "node:path";
import type { ProcessOptions } from "./managed-process.ts";

/**
 * The same process with listening sockets that are held for it, as systemd does (socket-activation.pl): it is started
 * again whenever it exits, and its clients' connections wait meanwhile. The managed process is the holder: SIGHUP sends
 * the process SIGTERM, SIGUSR1 SIGKILL.
 */
export function withHeldSockets(
  process: ProcessOptions,
  sockets: Readonly<Record<string, string>>,
): ProcessOptions {
  return {
    ...process,
    command: "/usr/bin/perl",
    arguments: [
      join(import.meta.dirname, "socket-activation.pl"),
      ...Object.entries(sockets).map(([name, path]) => `${name}=${path}`),
      "--",
      process.command,
      ...(process.arguments ?? []),
    ],
  };
}
