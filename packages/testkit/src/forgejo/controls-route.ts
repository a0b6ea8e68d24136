import type { Hono } from "hono";
import { z } from "zod";
import { loopbackOnly } from "./loopback-only.ts";
import { faultModes } from "./faults.ts";
import type { SandboxControls } from "./controls.ts";
import { userStates } from "./user-state.ts";

const user = z.string();
const clientId = z.string();
const seconds = z.number().positive();

const controlsRequest = z.strictObject({
  accessTokenSeconds: seconds.optional(),
  refreshTokenSeconds: seconds.optional(),
  /** `null`: 404. */
  version: z.string().nullable().optional(),
  revokeGrant: z.object({ user, clientId }).optional(),
  prohibit: z.object({ user, prohibited: z.boolean() }).optional(),
  userState: z.object({ user, state: z.enum(userStates) }).optional(),
  deleteUser: z.object({ user }).optional(),
  rename: z.object({ user, to: z.string().min(1) }).optional(),
  rotateSecret: z.object({ clientId }).optional(),
  deleteApp: z.object({ clientId }).optional(),
  csrf: z.boolean().optional(),
  unauthorizedStyle: z.enum(["v15", "v16"]).optional(),
  loseCounterRace: z.int().positive().optional(),
  counterRaceWindowMs: z.number().nonnegative().optional(),
  addRepository: z
    .object({
      owner: z.string(),
      name: z.string().min(1),
      isPrivate: z.boolean().default(false),
      isFork: z.boolean().default(false),
      isArchived: z.boolean().default(false),
      hasIssues: z.boolean().default(true),
      first: z.boolean().default(false),
    })
    .optional(),
  fault: z
    .object({ path: z.string(), mode: z.enum(faultModes), times: z.int().positive().optional() })
    .optional(),
  clearFaults: z.literal(true).optional(),
});
type ControlsRequest = z.infer<typeof controlsRequest>;

/** `POST /sandbox/controls`: the same controls, for another process on this machine. */
export function addControlsRoute(app: Hono, controls: SandboxControls): void {
  app.post("/sandbox/controls", loopbackOnly, async (c) => {
    const parsed = controlsRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400);
    try {
      const clientSecret = applyControls(controls, parsed.data);
      return c.json({ counts: controls.counts, ...(clientSecret !== undefined && { clientSecret }) });
    } catch (error) {
      return c.json({ error: (error as Error).message }, 400);
    }
  });
}

/** Applies each control that the request names. Returns the new client secret if one was made. */
function applyControls(controls: SandboxControls, request: ControlsRequest): string | undefined {
  if (request.accessTokenSeconds !== undefined) controls.setAccessTokenSeconds(request.accessTokenSeconds);
  if (request.refreshTokenSeconds !== undefined) controls.setRefreshTokenSeconds(request.refreshTokenSeconds);
  if (request.csrf !== undefined) controls.setCsrf(request.csrf);
  if (request.unauthorizedStyle !== undefined) controls.setUnauthorizedStyle(request.unauthorizedStyle);
  if (request.version !== undefined) controls.setVersion(request.version ?? undefined);
  if (request.revokeGrant) controls.revokeGrant(request.revokeGrant.user, request.revokeGrant.clientId);
  if (request.prohibit) controls.prohibit(request.prohibit.user, request.prohibit.prohibited);
  if (request.userState) controls.setUserState(request.userState.user, request.userState.state);
  if (request.deleteUser) controls.deleteUser(request.deleteUser.user);
  if (request.rename) controls.rename(request.rename.user, request.rename.to);
  if (request.loseCounterRace !== undefined) controls.loseCounterRace(request.loseCounterRace);
  if (request.counterRaceWindowMs !== undefined) controls.setCounterRaceWindowMs(request.counterRaceWindowMs);
  if (request.addRepository) controls.addRepository(request.addRepository.owner, request.addRepository);
  if (request.clearFaults) controls.clearFaults();
  if (request.fault) {
    const { path, mode, times } = request.fault;
    controls.setFault({ path: new RegExp(path), mode, ...(times !== undefined && { times }) });
  }
  const clientSecret = request.rotateSecret && controls.rotateSecret(request.rotateSecret.clientId);
  if (request.deleteApp) controls.deleteApp(request.deleteApp.clientId);
  return clientSecret;
}
