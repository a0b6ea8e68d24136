import { chmodSync, unlinkSync } from "node:fs";
import { createConnection, type Server } from "node:net";

/** The path of a socket file that another process answers on. */
export class SocketInUseError extends Error {
  constructor(path: string) {
    super(`Another process is answering on ${path}. Stop it first, or choose another path.`);
    this.name = "SocketInUseError";
  }
}

/**
 * Listens on a unix socket with mode 0660. A socket file on which nobody answers is taken over; one that answers
 * is not (SocketInUseError).
 */
export async function listenUnix(server: Server, path: string): Promise<void> {
  if (await answers(path)) throw new SocketInUseError(path);
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const umask = process.umask(0o117);
  try {
    await listen(server, { path });
  } finally {
    process.umask(umask);
  }
  chmodSync(path, 0o660);
}

/** Listens on `address`, whichever kind it is. */
export async function listenOn(
  server: Server,
  address: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<void> {
  await ("path" in address ? listenUnix(server, address.path) : listen(server, address));
}

function listen(server: Server, options: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...options, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function answers(path: string): Promise<boolean> {
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
