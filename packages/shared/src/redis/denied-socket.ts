/**
 * What to do when the error of a connection says that this process may not open the socket of Redis; undefined for any other
 * error. The mode of the socket may change at any time; a new group needs a restart.
 */
export function deniedSocketText(reason: string | undefined): string | undefined {
  const [, path] = /^connect EACCES (.+)$/.exec(reason ?? "") ?? [];
  return (
    path &&
    `this daemon has no permission to open ${path} (EACCES): put its user into the group of the socket, fjmcp-redis, and restart it, or correct the modes of the socket and its folder`
  );
}
