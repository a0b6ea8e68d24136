import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** The program is not the pinned one. `message` completes "the program …". */
export class WrongProgramError extends Error {
  override readonly name = "WrongProgramError";
}

/**
 * Pins the child's program by the SHA-256 of its file, the one that the command line names first: of a script neither the
 * interpreter nor what it imports. `check` is called at the daemon's start and before each start of a worker; it reads the
 * file again when its inode, size or times differ from the last check. So a file that was replaced or changed is not
 * started, except within the moment between check and exec: against a user that may write to it at any time only its
 * permissions protect. A package's file belongs to root.
 */
export class ProgramPin {
  readonly #sha256: string;
  /** The identity of the file that had the digest. */
  #checked: string | undefined;

  /** `sha256` in hexadecimal. */
  constructor(sha256: string) {
    this.#sha256 = sha256.toLowerCase();
  }

  /** Throws WrongProgramError. */
  check(file: string): void {
    const identity = identityOf(file);
    if (identity === this.#checked) return;
    const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
    if (digest !== this.#sha256) throw new WrongProgramError(`${file} has the SHA-256 ${digest}`);
    this.#checked = identity;
  }
}

/** The kernel sets the change time: only root can set it back. */
function identityOf(file: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return [file, dev, ino, size, mtimeNs, ctimeNs].join(" ");
}
