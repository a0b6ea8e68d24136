import { BlockList, isIPv6 } from "node:net";
import { fault, good, warning, type Finding } from "@fjmcp/shared/finding";
import { jsonOf } from "@fjmcp/shared/json-of";
import {
  mcpPath,
  mcpPaths,
  mcpResource,
  protectedResourceMetadataRoot,
} from "@fjmcp/shared/oauth/mcp-resource";
import { z } from "zod";
import { runCommand } from "../system/run-command.ts";
import type { Check } from "./check.ts";
import { addressesOf, publishedAddresses } from "./name-look-up.ts";
import type { PublicResponse } from "../http/public-client.ts";

const maxClockErrorMs = 30_000;

/** The clock agrees with Forgejo's, and is kept. */
export const clockCheck: Check = {
  name: "clock",
  async run({ http, forgejoUrl, isPrivate }) {
    const { headers } = await http.fetch(`${forgejoUrl}/api/v1/version`, { method: "HEAD" });
    const date = Date.parse(headers.get("date")?.[0] ?? "");
    const findings: Finding[] = [];
    const errorMs = Math.abs(Date.now() - date);
    if (Number.isNaN(errorMs))
      findings.push(warning("Forgejo's response has no Date: its clock cannot be compared"));
    else if (errorMs > maxClockErrorMs)
      findings.push(
        fault(
          `this machine's clock and Forgejo's differ by ${Math.round(errorMs / 1000)} s: run timedatectl set-ntp true on both`,
        ),
      );
    const timedate = await runCommand("timedatectl", ["show", "--property=NTPSynchronized"]).catch(
      () => undefined,
    );
    if (!isPrivate && timedate?.stdout.trim() === "NTPSynchronized=no")
      findings.push(warning("the clock is not synchronised: install systemd-timesyncd or chrony"));
    return findings.length > 0 ? findings : [good("the clock agrees with Forgejo's")];
  },
};

const privateAddresses = new BlockList();
for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  privateAddresses.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  privateAddresses.addSubnet(net, bits, "ipv6");

/** The public name has public addresses. */
export const dnsCheck: Check = {
  name: "dns",
  async run({ issuer, isPrivate }) {
    const hostname = hostOf(issuer);
    const found = await addressesOf(hostname);
    const addresses = found.map(({ address }) => address);
    const list = addresses.join(", ");
    if (addresses.length === 0)
      return [fault(`${hostname} has no address: add an A or AAAA record that names this machine`)];
    if (isPrivate || !addresses.some(isInner)) return [good(`${hostname} has the address ${list}`)];
    // Behind NAT, /etc/hosts may lead this machine, and no client, another way.
    const published = await publishedAddresses(hostname);
    if (published.length > 0 && !published.some(isInner))
      return [
        good(`${hostname} has the address ${published.join(", ")}; from this machine it leads to ${list}`),
      ];
    return [
      fault(
        `${hostname} has the address ${list}, which clients on the internet cannot reach: correct its record, or the line in /etc/hosts; --private is for test set-ups`,
      ),
    ];
  },
};

function hostOf(issuer: string): string {
  return new URL(issuer).hostname.replace(/^\[|\]$/g, "");
}

function isInner(address: string): boolean {
  return privateAddresses.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** A valid certificate on each family of addresses that the name has, and exactly one HSTS header. */
export const tlsCheck: Check = {
  name: "tls",
  async run({ http, issuer, isPrivate }) {
    const responses: PublicResponse[] = [];
    const failures: { family: Family; error: NodeJS.ErrnoException }[] = [];
    for (const family of await familiesOf(issuer)) {
      await http.fetch(`${issuer}/`, { ...(family !== undefined && { family }) }).then(
        (found) => responses.push(found),
        (error: Error) => failures.push({ family, error }),
      );
    }
    const [response] = responses;
    if (response === undefined) return [fault(unreachable(issuer, failures[0]!.error))];
    const ofFamilies = failures.map(({ family, error }) => oneFamilyFinding(issuer, family, error));
    if (ofFamilies.some(({ level }) => level === "fault")) return ofFamilies;
    return [...ofFamilies, responseFinding(issuer, response, isPrivate)];
  },
};

function responseFinding(issuer: string, { headers }: PublicResponse, isPrivate: boolean): Finding {
  if (!issuer.startsWith("https:"))
    return isPrivate
      ? good(`${issuer} responds; it is on loopback, without TLS`)
      : fault(`FJMCP_ISSUER is ${issuer}: clients on the internet need an https URL`);
  const hsts = headers.get("strict-transport-security") ?? [];
  if (hsts.length === 1) return good("the certificate is valid, and there is one HSTS header");
  return warning(
    hsts.length === 0
      ? "there is no Strict-Transport-Security header: add it in the proxy, see deploy/proxy"
      : `there are ${hsts.length} Strict-Transport-Security headers, which browsers may ignore: leave one`,
  );
}

/** Undefined: whichever there is. */
type Family = 4 | 6 | undefined;

/** The families of addresses that the public name has. */
async function familiesOf(issuer: string): Promise<Family[]> {
  const found = await addressesOf(hostOf(issuer));
  const families = new Set(found.map(({ family }) => (family === 6 ? 6 : 4)));
  return families.size > 1 ? [...families] : [undefined];
}

function unreachable(issuer: string, { code = "", message }: NodeJS.ErrnoException): string {
  const advice = certificateAdvice(code) ?? "start the proxy, and open the port in the firewall";
  return `${issuer} does not respond (${code} ${message}): ${advice}`;
}

function certificateAdvice(code: string): string | undefined {
  return /CERT|SELF_SIGNED|ISSUER|ERR_TLS/.test(code)
    ? "let the proxy get a certificate for this name; --ca-file FILE trusts an internal CA"
    : undefined;
}

/** No address of the family, no route, or no such protocol in the kernel. */
const lacksFamily = /^E(NETUNREACH|HOSTUNREACH|ADDRNOTAVAIL|AFNOSUPPORT)$/;

/** Clients try one family first, and some only that. */
function oneFamilyFinding(
  issuer: string,
  family: Family,
  { code = "", message }: NodeJS.ErrnoException,
): Finding {
  const record = family === 6 ? "AAAA" : "A";
  if (lacksFamily.test(code))
    return warning(
      `${issuer} cannot be tried over IPv${family}, which this machine does not have (${code}): if its ${record} record leads here, remove it`,
    );
  const advice =
    certificateAdvice(code) ??
    `let the proxy listen there, open the port in the firewall, behind NAT add the name to /etc/hosts, or remove the ${record} record`;
  return fault(`${issuer} does not respond over IPv${family} (${code} ${message}): ${advice}`);
}

/** Both spellings of the endpoint respond themselves, with the challenge that starts a login. */
export const mcpCheck: Check = {
  name: "mcp",
  async run({ http, issuer }) {
    const findings = await Promise.all(
      mcpPaths.map(async (path): Promise<Finding[]> => {
        const url = issuer + path;
        const { status, headers } = await http.fetch(url, {
          method: "POST",
          headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
          body: "{}",
        });
        const challenge = headers.get("www-authenticate")?.join(", ") ?? "";
        if (status >= 300 && status < 400)
          return [
            fault(
              `${url} redirects to ${headers.get("location")?.[0] ?? "nothing"}, and clients do not send their token again: remove the redirect from the proxy`,
            ),
          ];
        if (status !== 401)
          return [
            fault(
              `${url} responds ${status} instead of 401: the proxy must pass ${path} to /run/fjmcp/session/mcp.sock`,
            ),
          ];
        if (challenge.includes("resource_metadata=")) return [];
        return [
          fault(
            `${url} responds without our WWW-Authenticate header: the proxy must pass response headers on`,
          ),
        ];
      }),
    );
    const faults = findings.flat();
    return faults.length > 0
      ? faults
      : [good("/mcp and /mcp/ respond with the challenge that starts a login")];
  },
};

const resourceMetadata = z.object({ resource: z.string(), authorization_servers: z.array(z.string()) });
const serverMetadata = z.object({
  issuer: z.string(),
  // Absent where clients cannot register themselves (FJMCP_REGISTRATION).
  registration_endpoint: z.string().optional(),
  authorization_endpoint: z.string(),
});

/** The metadata of both kinds is reachable, and names this issuer. */
export const metadataCheck: Check = {
  name: "metadata",
  async run({ http, issuer }) {
    const findings: Finding[] = [];
    const read = async <Schema extends z.ZodType>(path: string, schema: Schema) => {
      const { status, text } = await http.fetch(issuer + path);
      const parsed = schema.safeParse(status === 200 ? jsonOf(text) : undefined);
      if (parsed.success) return parsed.data;
      findings.push(
        fault(
          `${issuer}${path} responds ${status} without the metadata: the proxy must pass it to the auth-server`,
        ),
      );
      return undefined;
    };
    const resource = await read(`${protectedResourceMetadataRoot}${mcpPath}`, resourceMetadata);
    const server = await read("/.well-known/oauth-authorization-server", serverMetadata);
    if (
      resource !== undefined &&
      (resource.resource !== mcpResource(issuer) || !resource.authorization_servers.includes(issuer))
    )
      findings.push(
        fault(`the resource metadata names ${resource.resource}: another server responds for ${issuer}`),
      );
    if (server !== undefined && server.issuer !== issuer)
      findings.push(
        fault(`the server metadata names ${server.issuer}: another server responds for ${issuer}`),
      );
    return findings.length > 0 ? findings : [good("the metadata names this issuer and its endpoint")];
  },
};
