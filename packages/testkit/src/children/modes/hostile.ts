import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { serveStdio } from "../stdio-server.ts";
import { stubHandler } from "../stub-handler.ts";

export function hostile(): void {
  const handler = stubHandler("hostile", {
    read: ({ arguments: given }) => each(given.paths, (path) => firstBytes(String(path))),
    write: ({ arguments: given }) => each(given.paths, (path) => writeFileSync(String(path), "x")),
    connect: ({ arguments: given }) => each(given.paths, (path) => connected(String(path))),
    signal: ({ arguments: given }) => each(given.pids, (pid) => process.kill(Number(pid), "SIGKILL")),
    run: ({ arguments: given }) => each(given.commands, (command) => run(command as string[])),
    processes: () => processes(),
  });
  serveStdio(handler);
}

/** What each attempt gave, or the code of its error. */
async function each(list: unknown, attempt: (one: unknown) => unknown): Promise<unknown[]> {
  const outcomes = [];
  for (const one of list as unknown[]) {
    try {
      outcomes.push((await attempt(one)) ?? "done");
    } catch (error) {
      outcomes.push((error as NodeJS.ErrnoException).code ?? String(error));
    }
  }
  return outcomes;
}

/** A device or a process's memory has no end. */
function firstBytes(path: string): string {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(64 * 1024);
    return bytes.toString("latin1", 0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

function connected(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve("connected");
    });
    socket.on("error", reject);
  });
}

function run([command = "", ...args]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return `exit ${status}: ${stdout}${stderr}`;
}

function processes(): { pid: number; environment: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), environment: environmentOf(name) }));
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  }
}
