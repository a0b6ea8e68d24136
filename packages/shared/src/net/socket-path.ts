/** The length of Linux's `sun_path` without its terminating NUL (unix(7)). */
export const longestSocketPathBytes = 107;

/** Whether a unix socket can have this path; one that is longer gives EINVAL, without a reason. */
export function fitsSocketAddress(path: string): boolean {
  return Buffer.byteLength(path) <= longestSocketPathBytes;
}
