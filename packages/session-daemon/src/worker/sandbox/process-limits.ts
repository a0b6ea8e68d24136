import { isNodeProgram } from "./program-files.ts";

/** What one process of a child may use at most. */
interface ProcessLimits {
  /** RLIMIT_DATA: memory that it allocates, not files that it maps. RLIMIT_AS would end Node and Go at the start. */
  readonly memoryMiB: number;
}

/** Enough for a server in Go; V8 alone reserves more. `files` are the program's, see `programFiles`. */
export function defaultMemoryMiB(files: readonly string[]): number {
  return isNodeProgram(files) ? 1024 : 512;
}

const openFiles = 1024;
const fileBlocks = (64 * 1024 * 1024) / 512;
/** The kernel ends a child, not the daemon, when the machine runs out of memory. */
const oomScore = 500;

// A shell sets them all at the cost of one program; prlimit(1) and choom(1) would be two, and a cgroup is joined first.
const script = [
  `echo ${oomScore} 2>/dev/null >/proc/self/oom_score_adj`,
  // A limit that cannot be set is in force all the same where the daemon's own is lower.
  "limit() {",
  '  ulimit "$1" "$2" 2>/dev/null || [ "$(ulimit "$1")" -le "$2" ] 2>/dev/null || {',
  '    echo "the limit ulimit $1 $2 cannot be set" >&2; exit 71',
  "  }",
  "}",
  `limit -c 0; limit -n ${openFiles}; limit -f ${fileBlocks}; limit -d "$1"`,
  '[ -z "$2" ] || echo 0 >"$2/cgroup.procs" || exit 71',
  // The shell's own.
  "unset PWD OLDPWD",
  // Of a pipe a shell reads one byte at a time: what follows the empty line is left to the program.
  "while IFS= read -r fjmcp_variable || exit 0; do",
  '  case "$fjmcp_variable" in "") break ;; esac',
  '  export "$fjmcp_variable"',
  "done",
  "unset fjmcp_variable",
  'shift 2; exec "$@"',
].join("\n");

/**
 * Wraps a command line so that its process has the limits (setrlimit(2); where the daemon's own are lower, these stay) and
 * is in the cgroup, if there is one; otherwise it exits with 71 and says why. No RLIMIT_NPROC: it counts all processes of
 * the user. Before the program runs, its process reads variables of the environment from stdin, as `variableLines` has them, so
 * that it can be spawned before they are known; it exits with 0 when stdin ends before. The script is constant; the command line
 * is passed as its arguments.
 */
export function withLimits(
  argv: readonly string[],
  { memoryMiB }: ProcessLimits,
  cgroup: string | undefined,
): readonly string[] {
  const kib = String(Math.round(memoryMiB * 1024));
  return ["/bin/sh", "-c", script, "sh", kib, cgroup ?? "", ...argv];
}

/**
 * `NAME=value` in a line each, then an empty one. Throws for a value with a line feed or NUL, with a message that does not
 * hold it.
 */
export function variableLines(variables: Readonly<Record<string, string>>): readonly string[] {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (/[\n\0]/.test(value)) throw new Error(`the child's ${name} has a line feed or NUL`);
    return `${name}=${value}`;
  });
  return [...lines, ""];
}
