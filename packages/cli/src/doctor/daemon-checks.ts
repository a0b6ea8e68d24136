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

/** Both daemons run, in one version, with one issuer. */
export const daemonCheck: Check = {
  name: "daemons",
  async run({ admin }) {
    const { authServer, sessionDaemon } = await admin.call(adminPaths.status, adminStatusResponse);
    if (sessionDaemon.status === "away")
      return [fault(`${sessionDaemon.reason}: look at journalctl -u fjmcp-session`)];
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
      findings.push(fault(`the session-daemon cannot reach the auth-server: ${peer.reason}`));
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
        : [fault(sessionDaemon.reason)]),
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
        const starts = good(`the MCP server ${checked.name} ${checked.version} starts and speaks`);
        return [starts, toolFinding(checked.tools)];
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

/** How many tools a finding names. */
const maxNamedTools = 20;

/** Whether the tool policy knows the tools of the MCP server. */
function toolFinding({
  table,
  tools,
  unknown,
}: {
  table: string;
  tools: number;
  unknown: readonly string[];
}): Finding {
  const effect = "count as destructive and belong to the toolset other";
  if (table === "none")
    return warning(
      `there is no tool table for this MCP server: all its ${tools} tools ${effect} (FJMCP_TOOL_TABLE)`,
    );
  if (unknown.length === 0) return good(`the tool table ${table} knows all its ${tools} tools`);
  const more = unknown.length > maxNamedTools ? ", …" : "";
  return warning(
    `the tool table ${table} does not know ${unknown.length} of its ${tools} tools, which ${effect}: ${unknown.slice(0, maxNamedTools).join(", ")}${more}`,
  );
}

/** The workers are isolated from one another and from the daemon. */
export const sandboxCheck: Check = {
  name: "sandbox",
  async run({ admin }) {
    const { sessionDaemon } = await admin.call(adminPaths.status, adminStatusResponse);
    if (sessionDaemon.status === "away") return [fault(sessionDaemon.reason)];
    const { sandbox } = sessionDaemon.response;
    if (sandbox.kind === "bubblewrap") return [good("each worker runs in bubblewrap")];
    const { reason } = sandbox;
    const finding = reason === "FJMCP_SANDBOX is none" ? warning : fault;
    return [
      finding(`workers run without a sandbox (${reason}): install bubblewrap and set FJMCP_SANDBOX=required`),
    ];
  },
};
