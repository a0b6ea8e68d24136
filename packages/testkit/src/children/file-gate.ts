import { rmSync, statSync, writeFileSync } from "node:fs";

/** Holds stub children at one point of their work while its file exists, see wait-for-removal.ts. Open at first. */
export class FileGate {
  /** The path that the children get as a flag or an argument. */
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  close(): void {
    writeFileSync(this.file, "");
  }

  /** How many children wait at the gate now. */
  get waiting(): number {
    return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  open(): void {
    rmSync(this.file, { force: true });
  }
}
