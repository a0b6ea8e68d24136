import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import type { ClientPolicy } from "../requests/client-policy.ts";
import { normaliseClientAuthentication } from "../requests/normalise-client-authentication.ts";
import { rejectLongAuthorization } from "../requests/authorization-size.ts";
import { normaliseAuthorization, normaliseTokenRequest } from "../requests/normalise-parameters.ts";
import { normaliseRegistration } from "../requests/normalise-registration.ts";
import { markMissingRedirectUri } from "./optional-redirect-uri.ts";

/** Where clients authenticate (RFC 6749 §2.3). */
export const authenticatedRoutes: ReadonlySet<string> = new Set([
  "token",
  "revocation",
  "device_authorization",
]);

interface Context {
  ctx: KoaContextWithOIDC;
  route: string;
}

/**
 * Normalises every set of parameters and every registration body as soon as oidc-provider has parsed it, by accessors in
 * place of `OIDCContext#params` and `#body`: it has no hook of its own between parsing and validation.
 */
export function normaliseRequests(
  provider: Provider,
  resource: string,
  policy: Pick<ClientPolicy, "offersDeviceFlow">,
): void {
  const { prototype } = provider.OIDCContext;
  intercept(prototype, "params", (context, params) => {
    if (typeof params !== "object" || params === null) return params;
    const record = params as Record<string, unknown>;
    if (context.route === "authorization") {
      rejectLongAuthorization(new URLSearchParams(context.ctx.querystring));
      normaliseAuthorization(record, resource);
    }
    // Before these, it assembles the parameters of client authentication alone.
    if (context.route === "device_authorization" && "scope" in record) {
      if (!policy.offersDeviceFlow) throw new errors.UnauthorizedClient();
      rejectLongAuthorization(parametersOf(record));
      normaliseAuthorization(record, resource);
    }
    if (context.route === "token") {
      normaliseTokenRequest(record, resource);
      markMissingRedirectUri(record);
    }
    if (authenticatedRoutes.has(context.route)) {
      normaliseClientAuthentication(context.ctx.req.headers, record);
    }
    return params;
  });
  intercept(prototype, "body", (context, body) =>
    context.route === "registration" ? normaliseRegistration(body) : body,
  );
}

function parametersOf(record: Record<string, unknown>): [name: string, value: string][] {
  return Object.entries(record).flatMap(([name, values]) =>
    [values]
      .flat()
      .flatMap((value): [string, string][] => (typeof value === "string" ? [[name, value]] : [])),
  );
}

function intercept(
  prototype: object,
  member: string,
  change: (context: Context, value: unknown) => unknown,
): void {
  // In the context itself: a WeakMap costs more, at each access and for each garbage collection.
  const changed = Symbol(member);
  Object.defineProperty(prototype, member, {
    configurable: true,
    get(this: Context & { [changed]?: unknown }) {
      return this[changed];
    },
    set(this: Context & { [changed]?: unknown }, value: unknown) {
      this[changed] = change(this, value);
    },
  });
}
