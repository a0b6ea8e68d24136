import { randomUUID } from "node:crypto";
import { chown, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export type Change = "created" | "changed" | "unchanged";

interface FileMode {
  readonly mode: number;
  /** Of the folder, when it has to be created. */
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

  /**
   * Makes the file have this content and mode, in one step: a reader sees the old content or the new one, and after a
   * crash either is complete.
   */
  async ensure(
    path: string,
    content: string | Buffer,
    { mode, folderMode = 0o755 }: FileMode,
  ): Promise<Change> {
    const file = this.resolve(path);
    await mkdir(dirname(file), { recursive: true, mode: folderMode });
    const existing = await readFile(file).catch(() => undefined);
    const isSame =
      existing?.equals(Buffer.from(content)) === true && ((await stat(file)).mode & 0o777) === mode;
    if (isSame) return "unchanged";
    const temporary = `${file}.${randomUUID()}`;
    try {
      const handle = await open(temporary, "wx", mode);
      await handle.writeFile(content);
      await handle.chmod(mode);
      await handle.sync();
      await handle.close();
      if (process.geteuid!() === 0) await chown(temporary, 0, 0);
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
    const change = existing === undefined ? "created" : "changed";
    this.#onChange(path, change);
    return change;
  }
}
