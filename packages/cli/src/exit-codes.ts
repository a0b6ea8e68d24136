/** What the exit code of a command says (sysexits.h). docs/reference/command-line.md has the table. */
export const exitCodes = {
  done: 0,
  /** `doctor` found a fault, or `status` a part that is not well. */
  unwell: 1,
  usage: 64,
  /** There is no such user, client, session or worker. */
  notFound: 66,
  /** A daemon or program that the command needs does not respond. */
  unavailable: 69,
  /** A file cannot be read or written. */
  inputOutput: 74,
  noPermission: 77,
  /** `setup` cannot use what it was given. */
  configuration: 78,
  /** The administrator declined, or pressed Ctrl-C. */
  cancelled: 130,
  /** The reader of the output has closed it: as of a program that SIGPIPE ends (128 + 13). */
  outputClosed: 141,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
