import { getConnInfo } from "@hono/node-server/conninfo";
import type { Hono } from "hono";
import { z } from "zod";
import { faultModes } from "./faults.ts";
import type { SandboxKnobs } from "./controls.ts";

const user = z.string();
const clientId = z.string();
const seconds = z.number().positive();

const knobsRequest = z.strictObject({
  accessTokenSeconds: seconds.optional(),
  refreshTokenSeconds: seconds.optional(),
  revokeGrant: z.object({ user, clientId }).optional(),
  prohibit: z.object({ user, prohibited: z.boolean() }).optional(),
  rename: z.object({ user, to: z.string().min(1) }).optional(),
  rotateSecret: z.object({ clientId }).optional(),
  deleteApp: z.object({ clientId }).optional(),
  csrf: z.boolean().optional(),
  unauthorizedStyle: z.enum(["v15", "v16"]).optional(),
  fault: z
    .object({ path: z.string(), mode: z.enum(faultModes), times: z.int().positive().optional() })
    .optional(),
  clearFaults: z.literal(true).optional(),
});
type KnobsRequest = z.infer<typeof knobsRequest>;

/** `POST /sandbox/knobs`: the same knobs for another process of this machine. */
export function addKnobsRoute(app: Hono, knobs: SandboxKnobs): void {
  app.post("/sandbox/knobs", async (c) => {
    if (!isLoopback(getConnInfo(c).remote.address ?? "")) return c.json({ error: "loopback only" }, 403);
    const parsed = knobsRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400);
    try {
      const clientSecret = turn(knobs, parsed.data);
      return c.json({ counts: knobs.counts, ...(clientSecret !== undefined && { clientSecret }) });
    } catch (error) {
      return c.json({ error: (error as Error).message }, 400);
    }
  });
}

/** Turns each knob that the request names; answers with the new client secret if one was made. */
function turn(knobs: SandboxKnobs, request: KnobsRequest): string | undefined {
  if (request.accessTokenSeconds !== undefined) knobs.setAccessTokenSeconds(request.accessTokenSeconds);
  if (request.refreshTokenSeconds !== undefined) knobs.setRefreshTokenSeconds(request.refreshTokenSeconds);
  if (request.csrf !== undefined) knobs.setCsrf(request.csrf);
  if (request.unauthorizedStyle !== undefined) knobs.setUnauthorizedStyle(request.unauthorizedStyle);
  if (request.revokeGrant) knobs.revokeGrant(request.revokeGrant.user, request.revokeGrant.clientId);
  if (request.prohibit) knobs.prohibit(request.prohibit.user, request.prohibit.prohibited);
  if (request.rename) knobs.rename(request.rename.user, request.rename.to);
  if (request.clearFaults) knobs.clearFaults();
  if (request.fault) {
    const { path, mode, times } = request.fault;
    knobs.setFault({ path: new RegExp(path), mode, ...(times !== undefined && { times }) });
  }
  const clientSecret = request.rotateSecret && knobs.rotateSecret(request.rotateSecret.clientId);
  if (request.deleteApp) knobs.deleteApp(request.deleteApp.clientId);
  return clientSecret;
}

function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\./.test(address) || address === "::1";
}
