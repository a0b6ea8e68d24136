import { findProgram } from "@fjmcp/shared/process/find-executable";
import type { ChildCommand } from "./child-command.ts";

/** Where a program is searched without PATH: glibc's `_CS_PATH`. */
const defaultPath = "/bin:/usr/bin";

interface ChildProgram {
  /** As the command line names it. */
  readonly name: string;
  /** The executable file; undefined when there is none. */
  readonly file: string | undefined;
  /** The folders in which programs are searched, as PATH has them. */
  readonly path: string;
  /** `path` if the program was searched there; undefined when the command line names a path. */
  readonly searched: string | undefined;
}

/** The program as a worker finds it: on the child's own PATH, else on the daemon's, or from its working directory. */
export function findChildProgram(
  child: ChildCommand,
  options: { cwd: string; daemonEnvironment: Readonly<Record<string, string | undefined>> },
): ChildProgram {
  const [name] = child.argv;
  const path = child.env.PATH ?? options.daemonEnvironment.PATH ?? defaultPath;
  return {
    name,
    file: findProgram(name, options.cwd, path),
    path,
    searched: name.includes("/") ? undefined : path,
  };
}
