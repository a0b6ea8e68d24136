import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { fault, good, warning, type Finding } from "@fjmcp/shared/finding";
import {
  adminCheckChildResponse,
  adminInspectionResponse,
  adminPaths,
  adminStatusResponse,
} from "@fjmcp/shared/ipc/admin";
import type { Check } from "./check.ts";

function awayFault({ reason }: { reason: string }): Finding {
  return fault(`${reason}: look at fjmcp logs --unit session`);
}

/** Both daemons run, in one version, with one issuer. */
export const daemonCheck: Check = {
  name: "daemons",
  async run({ admin }) {
    const { authServer, sessionDaemon } = await admin.call(adminPaths.status, adminStatusResponse);
    if (sessionDaemon.status === "away") return [awayFault(sessionDaemon)];
    const { issuer, version, authServer: peer } = sessionDaemon.response;
    const findings: Finding[] = [];
    if (issuer !== authServer.issuer)
      findings.push(
        fault(
          `FJMCP_ISSUER is ${authServer.issuer} in the auth-server and ${issuer} in the session-daemon: set one, and restart both`,
        ),
      );
    if (version !== authServer.version)
      findings.push(
        warning(`the auth-server is ${authServer.version}, the session-daemon ${version}: restart both`),
      );
    if (peer.status === "away")
      findings.push(
        fault(
          `the session-daemon cannot reach the auth-server (${peer.reason}): look at the check sockets, and at fjmcp logs --unit session`,
        ),
      );
    return findings.length > 0 ? findings : [good("both daemons run, with one issuer and one version")];
  },
};

/** What the daemons find about their own configuration, Redis rights, Forgejo, keys and program. */
export const inspectionCheck: Check = {
  name: "inspection",
  async run({ admin }) {
    const { authServer, sessionDaemon } = await admin.call(adminPaths.inspection, adminInspectionResponse);
    const prefixed = (daemon: string, findings: readonly Finding[]) =>
      findings.map(({ level, text }) => ({ level, text: `${daemon}: ${text}` }));
    return [
      ...prefixed("auth-server", authServer.findings),
      ...(sessionDaemon.status === "ok"
        ? prefixed("session-daemon", sessionDaemon.response.findings)
        : [awayFault(sessionDaemon)]),
    ];
  },
};

/** The MCP server starts in its sandbox, and speaks MCP. */
export const childCheck: Check = {
  name: "child",
  async run({ admin }) {
    const standIn = createServer((req, res) => {
      // Some MCP servers ask for the version, with their token, before they respond to anything.
      const isVersion = req.url?.startsWith("/api/v1/version") === true;
      res.writeHead(isVersion ? 200 : 404, { "content-type": "application/json" });
      res.end(JSON.stringify(isVersion ? { version: "12.0.0+gitea-1.22.0" } : { message: "Not Found" }));
    });
    standIn.listen(0, "127.0.0.1");
    await once(standIn, "listening");
    try {
      const forgejoUrl = `http://127.0.0.1:${(standIn.address() as AddressInfo).port}`;
      const checked = await admin.passOn(adminPaths.checkChild, adminCheckChildResponse, { forgejoUrl });
      if (checked.status === "ok") {
        return [startFinding(checked), toolFinding(checked.tools), ...versionFindings(checked)];
      }
      return [
        fault(
          `FJMCP_CHILD_COMMAND: ${checked.reason} Look at fjmcp logs --unit session --event worker.start_failed`,
        ),
      ];
    } finally {
      standIn.closeAllConnections();
      standIn.close();
    }
  },
};

function startFinding({ name, version }: { name: string; version: string }): Finding {
  const known = version === "unknown" ? `${name}, which does not give its version,` : `${name} ${version}`;
  return good(`the MCP server ${known} starts and speaks`);
}

/** How many tools a finding names. */
const maxNamedTools = 20;

/** Whether the tool policy knows the tools of the MCP server. */
function toolFinding({
  table,
  madeWith,
  tools,
  unknown,
}: {
  table: string;
  madeWith?: string | undefined;
  tools: number;
  unknown: readonly string[];
}): Finding {
  const effect = "count as destructive and belong to the toolset other";
  if (table === "none")
    return warning(
      `there is no tool table for this MCP server: all its ${tools} tools ${effect} (FJMCP_TOOL_TABLE)`,
    );
  if (unknown.length === 0)
    return good(`the tool table ${table}, made with version ${madeWith}, knows all its ${tools} tools`);
  const more = unknown.length > maxNamedTools ? ", …" : "";
  return warning(
    `the tool table ${table} does not know ${unknown.length} of its ${tools} tools, which ${effect}: ${unknown.slice(0, maxNamedTools).join(", ")}${more}`,
  );
}

/** Whether the tool table was made with this version of the MCP server: the tools of another one may do something else. */
function versionFindings({
  version,
  tools: { table, madeWith },
}: {
  version: string;
  tools: { table: string; madeWith?: string | undefined };
}): Finding[] {
  const number = numberOf(version);
  if (madeWith === undefined || number === undefined || number === numberOf(madeWith)) return [];
  return [
    warning(
      `the tool table ${table} was made with version ${madeWith} of the MCP server, this is ${version}: its tools may do something else than the table says; install that version, or a newer fjmcp`,
    ),
  ];
}

/** The number of a version, which some write with a `v`; undefined for one that has none, such as `unknown` or `dev`. */
function numberOf(version: string): string | undefined {
  return /^v?(\d.*)$/.exec(version)?.[1];
}

/** The workers are isolated from one another and from the daemon. */
export const sandboxCheck: Check = {
  name: "sandbox",
  async run({ admin }) {
    const { sessionDaemon } = await admin.call(adminPaths.status, adminStatusResponse);
    if (sessionDaemon.status === "away") return [awayFault(sessionDaemon)];
    const { sandbox } = sessionDaemon.response;
    if (sandbox.kind === "bubblewrap") return [good("each worker runs in bubblewrap")];
    const { reason } = sandbox;
    const finding = reason === "FJMCP_SANDBOX is none" ? warning : fault;
    return [
      finding(`workers run without a sandbox (${reason}): install bubblewrap and set FJMCP_SANDBOX=required`),
    ];
  },
};
