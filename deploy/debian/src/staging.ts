import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The files of a package, in a folder that stands for the root of the machine. */
export class Staging {
  readonly root: string;

  /** `root` is created if it is missing. */
  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true });
    chmodSync(root, 0o755);
  }

  /** A file at `path`, with this content. */
  write(path: string, content: string | Uint8Array, mode = 0o644): void {
    const file = this.#prepare(path);
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  /** A copy of the file `source` at `path`. */
  copy(path: string, source: string, mode = 0o644): void {
    const file = this.#prepare(path);
    cpSync(source, file);
    chmodSync(file, mode);
  }

  /** A link at `path` that names `target`, which need not exist. */
  link(path: string, target: string): void {
    symlinkSync(target, this.#prepare(path));
  }

  /** Folders are 0755 whatever the umask. */
  #prepare(path: string): string {
    const file = join(this.root, path);
    let dir = this.root;
    for (const part of dirname(path).split("/").filter(Boolean)) {
      dir = join(dir, part);
      mkdirSync(dir, { recursive: true });
      chmodSync(dir, 0o755);
    }
    return file;
  }
}
