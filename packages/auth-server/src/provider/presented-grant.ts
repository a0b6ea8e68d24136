import { Provider, type AdapterPayload } from "oidc-provider";
import { z } from "zod";
import { accountIdSchema, grantIdSchema } from "@fjmcp/shared/ids";

/** The members by which a stored code or token names its grant; one of a device has them once its user has decided. */
const ofGrant = z.object({ grantId: grantIdSchema, accountId: accountIdSchema });
/** The grant, and its account, of the code or token that a request presents. */
type PresentedGrant = z.infer<typeof ofGrant>;

/** By Koa's context of the request. */
const grants = new WeakMap<object, PresentedGrant>();

/** Records whose code or token the current request presents, for the log: oidc-provider may reject it before it says so. */
export function recordPresentedGrant(payload: AdapterPayload): void {
  const grant = ofGrant.safeParse(payload).data;
  if (grant !== undefined && Provider.ctx !== undefined) grants.set(Provider.ctx, grant);
}

/** Undefined for a request whose code or token is unknown: of no grant, or of one that has ended. */
export function presentedGrant(ctx: object): PresentedGrant | undefined {
  return grants.get(ctx);
}
