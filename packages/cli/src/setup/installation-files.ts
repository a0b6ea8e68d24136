import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { chmod, chown, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

export type Change = "created" | "changed" | "unchanged";

interface FileMode {
  readonly mode: number;
  /** Whether an existing file with fewer permissions keeps them, and its group. */
  readonly mayBeClosed?: boolean;
  /** Of the folder, which is the file's alone; without it an existing folder stays as it is. */
  readonly folderMode?: number;
}

/** The files of an installation below a root directory. All that it writes is root's, when root runs it. */
export class InstallationFiles {
  readonly #root: string;
  readonly #onChange: (path: string, change: Change) => void;

  /** `onChange` is called for each file that was created or changed, with its path below the root. */
  constructor(root: string, onChange: (path: string, change: Change) => void) {
    this.#root = root;
    this.#onChange = onChange;
  }

  /** Whether the files are this machine's own. */
  get areOfThisMachine(): boolean {
    return resolve(this.#root) === "/";
  }

  /** Below the root directory. */
  resolve(path: string): string {
    return join(this.#root, path);
  }

  /** Undefined when there is no such file. */
  async read(path: string): Promise<string | undefined> {
    return readFile(this.resolve(path), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  }

  /** The paths of the files in a folder. */
  async list(folder: string): Promise<string[]> {
    return (await readdir(this.resolve(folder))).map((name) => join(folder, name));
  }

  async modifiedMs(path: string): Promise<number> {
    return (await lstat(this.resolve(path))).mtimeMs;
  }

  /**
   * Makes the file a regular one with this content, mode and owner, in one step: a reader sees the old content or the new
   * one, and after a crash either is complete.
   */
  async ensure(path: string, content: string | Buffer, wanted: FileMode): Promise<Change> {
    const file = this.resolve(path);
    await this.#ensureFolder(dirname(path), wanted.folderMode);
    const existing = await lstat(file).catch(() => undefined);
    const closed = wanted.mayBeClosed === true && existing?.isFile() === true ? existing : undefined;
    const mode = wanted.mode & (closed?.mode ?? ~0);
    const gid = closed?.gid ?? 0;
    const isSame =
      existing?.isFile() === true &&
      hasRights(existing, mode, gid) &&
      (await readFile(file)).equals(Buffer.from(content));
    if (isSame) return "unchanged";
    const temporary = `${file}.${randomUUID()}`;
    try {
      {
        await using handle = await open(temporary, "wx", mode);
        await handle.writeFile(content);
        await handle.chmod(mode);
        await handle.sync();
      }
      if (process.geteuid!() === 0) await chown(temporary, 0, gid);
      await rename(temporary, file);
      await syncFolder(dirname(file));
    } finally {
      await rm(temporary, { force: true });
    }
    const change = existing === undefined ? "created" : "changed";
    this.#onChange(path, change);
    return change;
  }

  async #ensureFolder(path: string, mode: number | undefined): Promise<void> {
    const folder = this.resolve(path);
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
    await mkdir(folder, { recursive: true, mode: mode ?? 0o755 });
    if (mode === undefined) return;
    const existing = await lstat(folder);
    if (!existing.isDirectory())
      throw new CommandError(
        exitCodes.configuration,
        `${folder} is no folder of its own.`,
        "Put a folder in the place of the symbolic link, and run fjmcp setup again.",
      );
    if (hasRights(existing, mode)) return;
    await chmod(folder, mode);
    if (process.geteuid!() === 0) await chown(folder, 0, 0);
    this.#onChange(path, "changed");
  }
}

/** Whether it has this mode, and is root's and the group's when root asks. */
function hasRights(found: Stats, mode: number, gid = 0): boolean {
  const isOwned = process.geteuid!() !== 0 || (found.uid === 0 && found.gid === gid);
  return (found.mode & 0o7777) === mode && isOwned;
}

/** So that a rename in it survives a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
