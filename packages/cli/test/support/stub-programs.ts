import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Programs of the system, replaced by shell scripts in a folder that comes first on the command line's PATH. */
export interface StubPrograms {
  readonly path: string;
  /** The body of a script; `$*` are its arguments. */
  write(name: string, body: string): void;
  /** The arguments of each call so far, one line a call: `systemctl restart fjmcp-auth.service`. */
  calls(): string[];
}

export function stubPrograms(path: string): StubPrograms {
  const log = join(path, "calls.log");
  writeFileSync(log, "");
  const write = (name: string, body: string) => {
    const script = `#!/bin/sh\necho "${name} $*" >> ${log}\n${body}\n`;
    writeFileSync(join(path, name), script, { mode: 0o755 });
  };
  // A machine on which every unit is well.
  write(
    "systemctl",
    "echo LoadState=loaded\necho ActiveState=active\necho Result=success\necho UnitFileState=enabled",
  );
  write("timedatectl", "echo NTPSynchronized=yes");
  return { path, write, calls: () => readFileSync(log, "utf8").split("\n").filter(Boolean) };
}
