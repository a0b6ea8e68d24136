/** True for `localhost`, `*.localhost`, 127.0.0.0/8 and `[::1]`, as `URL.hostname` writes them. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}
