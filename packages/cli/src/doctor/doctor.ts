import { adminPaths, adminStatusResponse } from "@fjmcp/shared/ipc/admin";
import type { AdminClient } from "../admin/admin-client.ts";
import { faultOf, runCheck, type Check, type CheckResult, type DoctorContext } from "./check.ts";
import { clientsCheck } from "./clients-check.ts";
import { childCheck, daemonCheck, inspectionCheck, sandboxCheck } from "./daemon-checks.ts";
import { loginCheck } from "./login-check.ts";
import { clockCheck, dnsCheck, mcpCheck, metadataCheck, tlsCheck } from "./public-checks.ts";
import { PublicClient } from "../http/public-client.ts";
import { redisCheck } from "./redis-check.ts";
import { streamCheck } from "./stream-check.ts";
import { socketCheck, unitCheck } from "./unit-checks.ts";

/** What can be seen without a running auth-server. */
const localChecks: readonly Check[] = [unitCheck, socketCheck, redisCheck];
const daemonChecks: readonly Check[] = [daemonCheck, inspectionCheck, childCheck, sandboxCheck, clockCheck];
const reachability: readonly Check[] = [dnsCheck, tlsCheck];
/** Only what is reachable can be looked at further. */
const publicChecks: readonly Check[] = [mcpCheck, metadataCheck, streamCheck, loginCheck];

export const checkNames = [...localChecks, ...daemonChecks, ...reachability, ...publicChecks].map(
  ({ name }) => name,
);

export interface DoctorOptions {
  readonly admin: AdminClient;
  readonly root: string;
  readonly isPrivate: boolean;
  readonly caFile: string | undefined;
  /** Whether every known client is replayed, too. */
  readonly clients: boolean;
  /** Names of checks that are left out. */
  readonly skip: readonly string[];
  readonly onResult: (result: CheckResult) => void;
}

/**
 * Looks at every link of the chain, in order; what a broken link makes meaningless is left out. Resolves with the public
 * URL once the auth-server has responded with it. Never rejects for what a check finds.
 */
export async function runDoctor(
  options: DoctorOptions,
): Promise<{ issuer: string | undefined; isWell: boolean }> {
  const { admin, onResult } = options;
  let isWell = true;
  const run = async (checks: readonly Check[], context: DoctorContext) => {
    let areWell = true;
    for (const check of checks.filter(({ name }) => !options.skip.includes(name))) {
      const result = await runCheck(check, context);
      if (result.findings.some(({ level }) => level === "fault")) areWell = isWell = false;
      onResult(result);
    }
    return areWell;
  };
  const { root, isPrivate } = options;
  const http = new PublicClient(options.caFile);
  await run(localChecks, { admin, root, isPrivate, http, issuer: "", forgejoUrl: "" });
  const status = await admin.call(adminPaths.status, adminStatusResponse).catch((error: unknown) => {
    isWell = false;
    onResult({ check: "daemons", findings: [faultOf(error)] });
    return undefined;
  });
  if (status === undefined) return { issuer: undefined, isWell };
  const { issuer } = status.authServer;
  const context = { admin, root, isPrivate, http, issuer, forgejoUrl: status.forgejoUrl };
  await run(daemonChecks, context);
  const further = options.clients ? [...publicChecks, clientsCheck] : publicChecks;
  if (await run(reachability, context)) await run(further, context);
  return { issuer, isWell };
}
