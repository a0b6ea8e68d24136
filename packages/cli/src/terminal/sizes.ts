/** A number of bytes in MiB. A dash for none. */
export function formatMemory(bytes: number | undefined): string {
  return bytes === undefined ? "-" : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
