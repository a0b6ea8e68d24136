import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { formFields } from "../web/form-fields.ts";
import { basicCredentials } from "./client-credentials.ts";

/** `POST /login/oauth/introspect` (RFC 7662), with Basic only. No `exp`; used refresh tokens are active too. */
export function addIntrospectRoute(app: Hono, instance: Instance): void {
  app.post("/login/oauth/introspect", async (c) => {
    const basic = basicCredentials(c.req.header("authorization"));
    const caller = instance.apps.byClientId(basic?.clientId ?? "");
    if (basic === undefined || caller === undefined || caller.clientSecret !== basic.clientSecret) {
      c.header("WWW-Authenticate", 'Basic realm=""');
      return c.text("no valid authorization", 401);
    }
    const token = await instance.signer.verify((await formFields(c)).token ?? "");
    const grant = instance.grants.byId(token?.gnt ?? 0);
    const client = instance.apps.byId(grant?.appId ?? 0);
    if (grant === undefined || client === undefined) return c.json({ active: false });
    return c.json({
      active: true,
      scope: grant.scope,
      username: instance.users.byId(grant.userId)?.name,
      iss: instance.url,
      sub: String(grant.userId),
      aud: [client.clientId],
    });
  });
}
