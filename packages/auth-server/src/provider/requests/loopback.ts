/** RFC 8252 §7.3: the hosts on which a native client may listen for its redirect. */
const hosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function isRegistrableLoopback(url: URL): boolean {
  return hosts.has(url.hostname);
}
