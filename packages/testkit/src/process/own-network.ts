import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { temporaryDirectory } from "../temporary-directory.ts";

/** An address outside every network of this machine: what a public server has. */
export const publicAddress = "203.0.114.7";
const needed = ["unshare", "ip", "openssl", "mount"];

/** What this machine lacks to run a test in a network of its own; undefined when it can. */
export function ownNetworkLacks(): string | undefined {
  const missing = needed.find((name) => findExecutable(name) === undefined);
  if (missing !== undefined) return `${missing} is not on PATH`;
  return process.getuid?.() === 0 ? undefined : "a network of its own needs root";
}

/**
 * Runs a test file in a network of its own, where `publicAddress` is a second address of the loopback interface, and TLS
 * trusts the certificate in `FJMCP_TEST_TLS`.crt, which is for all `hosts`. They are the only names; those without an address
 * are asked of a DNS server at 127.0.0.1, which the file may start. Returns its exit code.
 */
export function runInOwnNetwork(
  t: { teardown(end: () => unknown): void },
  file: string,
  hosts: Readonly<Record<string, string | undefined>>,
): number {
  const directory = temporaryDirectory(t);
  const tls = join(directory, "tls");
  createCertificate(tls, Object.keys(hosts));
  const lines = Object.entries({ ...hosts, localhost: "127.0.0.1" }).map(([name, address]) =>
    address === undefined ? "" : `${address} ${name}\n`,
  );
  const files = {
    hosts: lines.join(""),
    "resolv.conf": "nameserver 127.0.0.1\n",
    "nsswitch.conf": "hosts: files dns\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const enter = [
    "ip link set lo up",
    `ip address add ${publicAddress}/32 dev lo`,
    ...Object.keys(files).map((name) => `mount --bind '${join(directory, name)}' /etc/${name}`),
    'exec "$@"',
  ].join(" && ");
  const { status } = spawnSync(
    "unshare",
    ["--net", "--mount", "sh", "-c", enter, "sh", process.execPath, ...process.execArgv, file],
    { stdio: "inherit", env: { ...process.env, FJMCP_TEST_TLS: tls, NODE_EXTRA_CA_CERTS: `${tls}.crt` } },
  );
  return status ?? 1;
}

function createCertificate(path: string, names: readonly string[]): void {
  const addresses = [publicAddress, "127.0.0.1", "::1"].map((address) => `IP:${address}`);
  const subjects = [...names.map((name) => `DNS:${name}`), ...addresses].join(",");
  const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test`;
  execFileSync(
    "openssl",
    [
      ...options.split(" "),
      "-addext",
      `subjectAltName=${subjects}`,
      "-keyout",
      `${path}.key`,
      "-out",
      `${path}.crt`,
    ],
    { stdio: "ignore" },
  );
}
