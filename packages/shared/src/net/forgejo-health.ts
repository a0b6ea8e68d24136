import { z } from "zod";
import { healthy, type ComponentHealth } from "../component-health.ts";
import { jsonOf } from "../json-of.ts";
import { userAgent } from "../user-agent.ts";
import { fetchFailure } from "./fetch-failure.ts";

/** The first version that enforces the scope of an OAuth token, which bounds what a client may do. */
const minimumMajorVersion = 9;
/** A start does not wait longer than this for Forgejo: without it, both daemons serve all the same. */
export const maxHealthCheckMs = 5000;
const maxVersionBytes = 64 * 1024;

/** Gitea reports `1.x`; Forgejo its own version, followed by that of the Gitea API which it is compatible with. */
const versionResponse = z.object({ version: z.string().regex(/^\d{1,4}\.[\w.+~-]{1,60}$/) });

/**
 * Asks a Forgejo for its version. `misconfigured` when the version is too old or not Forgejo's, or when an API replies
 * that it has none. `away` when nothing that a Forgejo says arrives within `timeoutMs`: a proxy in front may say anything.
 * A Forgejo that tells its version only to signed-in users is healthy. Never rejects.
 */
export async function forgejoHealth(url: string, timeoutMs: number): Promise<ComponentHealth> {
  try {
    const response = await fetch(`${url}/api/v1/version`, {
      headers: { accept: "application/json", "user-agent": userAgent },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return interpret(url, response.status, jsonOf(await beginningOf(response)));
  } catch (error) {
    return { status: "away", reason: `${url} does not respond (${fetchFailure(error)})` };
  }
}

/** As much of the body as a version needs; the rest is not read. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    if (bytes >= maxVersionBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, maxVersionBytes);
}

function interpret(url: string, status: number, json: unknown): ComponentHealth {
  const { data } = versionResponse.safeParse(json);
  if (status === 200 && data !== undefined) return versionHealth(url, data.version);
  // Every error of the API is JSON with a message.
  const isApi = z.object({ message: z.string() }).safeParse(json).success;
  if (isApi && (status === 401 || status === 403)) return healthy;
  if (isApi && status === 404)
    return { status: "misconfigured", reason: `${url} is not a Forgejo (status 404)` };
  return { status: "away", reason: `${url} does not respond as a Forgejo (status ${status})` };
}

function versionHealth(url: string, version: string): ComponentHealth {
  if (Number.parseInt(version, 10) >= minimumMajorVersion) return healthy;
  return {
    status: "misconfigured",
    reason: `${url} reports version ${version}: Forgejo ${minimumMajorVersion} or newer is needed`,
  };
}
