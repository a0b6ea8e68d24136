import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Instance } from "../instance.ts";
import type { OAuthApp } from "../oauth/oauth-app.ts";
import { notFound } from "./api-error.ts";
import { callerOf, needs, type ApiEnv } from "./authenticate.ts";
import { jsonBody } from "./json-body.ts";

const options = z.object({
  name: z.string().min(1),
  redirect_uris: z.array(z.string()).default([]),
  confidential_client: z.boolean().default(false),
});

const path = "/user/applications/oauth2";

/** The caller's own OAuth2 applications. Only creating and changing one shows its secret. */
export function addOAuth2ApplicationRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  const { apps, grants } = instance;

  api.post(path, needs("user"), async (c) => {
    const body = await jsonBody(c, options);
    const app = apps.create({
      ownerId: callerOf(c).id,
      name: body.name,
      redirectUris: body.redirect_uris,
      confidential: body.confidential_client,
    });
    return c.json(applicationJson(app, app.clientSecret), 201);
  });

  api.get(path, needs("user"), (c) =>
    c.json(
      apps
        .all()
        .filter((app) => app.ownerId === callerOf(c).id)
        .map((app) => applicationJson(app, "")),
    ),
  );

  api.get(`${path}/:id`, needs("user"), (c) => c.json(applicationJson(ownApp(c), "")));

  api.patch(`${path}/:id`, needs("user"), async (c) => {
    const app = ownApp(c);
    const body = await jsonBody(c, options);
    app.name = body.name;
    app.redirectUris = body.redirect_uris;
    app.confidential = body.confidential_client;
    return c.json(applicationJson(app, apps.rotateSecret(app)));
  });

  api.delete(`${path}/:id`, needs("user"), (c) => {
    const app = ownApp(c);
    grants.revokeAllOfApp(app.id);
    apps.delete(app);
    return c.body(null, 204);
  });

  function ownApp(c: Context<ApiEnv>): OAuthApp {
    const app = apps.byId(Number(c.req.param("id")));
    if (app === undefined || app.ownerId !== callerOf(c).id) throw notFound();
    return app;
  }
}

function applicationJson(app: OAuthApp, secret: string) {
  return {
    id: app.id,
    name: app.name,
    client_id: app.clientId,
    client_secret: secret,
    confidential_client: app.confidential,
    redirect_uris: app.redirectUris,
    created: app.createdAt.toISOString(),
  };
}
