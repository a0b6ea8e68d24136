import { accessSync, chmodSync, constants, existsSync, lstatSync, unlinkSync } from "node:fs";
import { createConnection, type Server } from "node:net";
import { dirname } from "node:path";
import { ConfigurationError } from "../config/environment.ts";
import { fault, type Finding } from "../finding.ts";
import { fitsSocketAddress, longestSocketPathBytes } from "../net/socket-path.ts";

/** Another process is listening on the socket. */
export class SocketInUseError extends Error {
  constructor(path: string) {
    super(`Another process is listening on ${path}. Stop it first, or choose another path.`);
    this.name = "SocketInUseError";
  }
}

/** Connections that wait in the kernel, for example while a daemon restarts; the kernel's own limit may be lower. */
const backlog = 4096;

/**
 * Listens on a unix socket with mode 0660. Replaces a socket file on which no process listens. Throws SocketInUseError
 * when one does. An inherited descriptor is used as it is: its file is neither made, nor changed, nor removed.
 */
export async function listenUnix(server: Server, path: string, inherited?: number): Promise<void> {
  if (inherited !== undefined) return listenInherited(server, inherited);
  const unusable = pathFault(path);
  if (unusable !== undefined) throw new Error(unusable);
  if (existsSync(path)) {
    if (await isListening(path)) throw new SocketInUseError(path);
    unlinkSync(path);
  }
  // The umask is set until the socket is bound, so that other users have no access at any moment.
  const umask = process.umask(0o117);
  const listening = listen(server, { path });
  process.umask(umask);
  await listening;
  chmodSync(path, 0o660);
}

/** A fault for each path, given by its setting, on which this process cannot listen; none for a path in use. */
export function socketPathFindings(paths: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(paths).flatMap(([setting, path]) => {
    const unusable = pathFault(path);
    return unusable === undefined ? [] : [fault(`${setting}: ${unusable}`)];
  });
}

function pathFault(path: string): string | undefined {
  if (!fitsSocketAddress(path))
    return `${path}: a unix socket's path may have ${longestSocketPathBytes} bytes at most.`;
  const folder = dirname(path);
  if (!existsSync(folder)) return `The folder of ${path} does not exist: create it first.`;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return `The folder of ${path} is not writable to this process.`;
  }
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isSocket())
    return `${path} exists and is not a socket: remove it, or choose another path.`;
  return undefined;
}

/** Listens on a unix socket, as `listenUnix` does, on TCP, or on an inherited descriptor of either kind. */
export async function listenOn(
  server: Server,
  address: { readonly path: string } | { readonly host: string; readonly port: number },
  inherited?: number,
): Promise<void> {
  if (inherited !== undefined) return listenInherited(server, inherited);
  await ("path" in address ? listenUnix(server, address.path) : listen(server, address));
}

/**
 * Waits until a server listens at the address of `setting`. Rejects with a ConfigurationError that names the setting when
 * the address cannot be listened on.
 */
export async function listeningAt(setting: string, listening: Promise<void>): Promise<void> {
  try {
    await listening;
  } catch (error) {
    const unusable = listenFault(error);
    throw unusable === undefined ? error : new ConfigurationError([`${setting}: ${unusable}`]);
  }
}

/** The fault of an address that cannot be listened on; undefined for any other error. */
function listenFault(error: unknown): string | undefined {
  if (error instanceof SocketInUseError) return error.message;
  const { syscall, code, message } = error as NodeJS.ErrnoException;
  if (syscall !== "listen") return undefined;
  const advice = code === "EADDRINUSE" ? "Stop the other process, or choose another address." : "";
  return `Cannot listen (${message}). ${advice}`.trimEnd();
}

function listen(server: Server, options: { path: string } | { host: string; port: number }): Promise<void> {
  return started(server, (onListening) => server.listen({ ...options, backlog }, onListening));
}

function listenInherited(server: Server, fd: number): Promise<void> {
  // As an option beside a descriptor, Node ignores the backlog.
  return started(server, (onListening) => server.listen({ fd }, backlog, onListening));
}

function started(server: Server, start: (onListening: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    start(() => {
      server.off("error", reject);
      resolve();
    });
  });
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createConnection({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(false);
      else if (error.code === "EAGAIN") resolve(true);
      else reject(error);
    });
  });
}
