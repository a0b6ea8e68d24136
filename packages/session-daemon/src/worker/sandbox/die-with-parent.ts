/**
 * Wraps a command line so that the kernel kills its process when the daemon dies, even by SIGKILL (PR_SET_PDEATHSIG).
 * `setpriv` is the path of setpriv(1); without it the command line is unchanged.
 */
export function dieWithParent(argv: readonly string[], setpriv: string | undefined): readonly string[] {
  return setpriv === undefined ? argv : [setpriv, "--pdeathsig", "KILL", "--", ...argv];
}
