import { fault, type Finding } from "@fjmcp/shared/finding";
import type { AdminClient } from "../admin/admin-client.ts";
import { CommandError } from "../command-error.ts";
import type { PublicClient } from "../http/public-client.ts";

/** What the checks look at. */
export interface DoctorContext {
  readonly admin: AdminClient;
  readonly http: PublicClient;
  /** The directory below which all paths are. */
  readonly root: string;
  /** A test set-up: an internal CA, a name that only this machine knows. */
  readonly isPrivate: boolean;
  /** The public origin, as the auth-server has it. */
  readonly issuer: string;
  readonly forgejoUrl: string;
}

/** One link of the chain. */
export interface Check {
  /** As headings and JSON name it, such as `redirects`. */
  readonly name: string;
  /** What was found; at least one finding. A CommandError becomes a fault, any other error too. */
  run(context: DoctorContext): Promise<readonly Finding[]>;
}

export interface CheckResult {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** Runs the check; never rejects. */
export async function runCheck(check: Check, context: DoctorContext): Promise<CheckResult> {
  try {
    return { check: check.name, findings: await check.run(context) };
  } catch (error) {
    return { check: check.name, findings: [faultOf(error)] };
  }
}

/** The finding that a failure is, with the advice of a CommandError. */
export function faultOf(error: unknown): Finding {
  const advice = error instanceof CommandError ? ` ${error.advice}` : "";
  return fault(`${(error as Error).message}${advice}`);
}
