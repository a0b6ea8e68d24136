import { ConfigurationError } from "../config/environment.ts";

/** Descriptors of listening sockets that the service manager holds, by name (`FileDescriptorName=` of a socket unit). */
export type InheritedSockets = Readonly<Record<string, number>>;

/** SD_LISTEN_FDS_START of sd_listen_fds(3). */
const firstDescriptor = 3;

/**
 * The sockets that systemd passed to this process (sd_listen_fds(3)); empty when it passed none. Removes the variables
 * from `env`. Node marks inherited descriptors close-on-exec at its start, so that children get neither. Throws
 * ConfigurationError for a name that is not one of `names`, or occurs twice: nothing would accept its connections.
 */
export function takeInheritedSockets(
  env: Record<string, string | undefined>,
  names: readonly string[],
): InheritedSockets {
  const { LISTEN_PID: pid, LISTEN_FDS: count, LISTEN_FDNAMES: list = "" } = env;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (pid !== String(process.pid) || count === undefined) return {};
  const passed = list.split(":").slice(0, Number(count));
  const faults = passed
    .filter((name, index) => !names.includes(name) || passed.indexOf(name) !== index)
    .map(
      (name) => `LISTEN_FDNAMES: there must be one socket of each name (${names.join(", ")}), not ${name}`,
    );
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.fromEntries(passed.map((name, index) => [name, firstDescriptor + index]));
}
