import { rmSync, statSync, writeFileSync } from "node:fs";

/** Holds children at one point of their work, by a file that they look at: see until-gone.ts. Not held at first. */
export class ChildHold {
  /** What the children are told. */
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** From now on. */
  hold(): void {
    writeFileSync(this.file, "");
  }

  /** How many are held now. */
  get held(): number {
    return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  release(): void {
    rmSync(this.file, { force: true });
  }
}
