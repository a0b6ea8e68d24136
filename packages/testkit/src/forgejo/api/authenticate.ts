import type { Context, MiddlewareHandler } from "hono";
import type { Instance } from "../instance.ts";
import { basicCredentials } from "../oauth/client-credentials.ts";
import { allows, type ScopeCategory } from "../oauth/scope.ts";
import type { SandboxUser } from "../users.ts";
import { rejectUnusableAccount } from "./account-rejection.ts";
import { ApiError } from "./api-error.ts";
import { presentedToken, tokenHolder } from "./token-holder.ts";
import { unauthorizedMessage } from "./unauthorized-message.ts";

/** The authenticated caller of an API request. */
export interface ApiEnv {
  Variables: {
    /** `undefined`: anonymous, with access to what is public. */
    caller: SandboxUser | undefined;
    /** `undefined`: authenticated by password, with full access. */
    scopes: ReadonlySet<string> | undefined;
  };
}

/** Runs before every route of `/api/v1`: with an invalid token even `/version` is a 401. */
export function authenticate(instance: Instance): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const token = presentedToken(c.req.raw);
    const basic = basicCredentials(c.req.header("authorization"));
    if (token !== undefined) {
      const holder = await tokenHolder(instance, token);
      if (holder === undefined) throw new ApiError(401, await unauthorizedMessage(instance, token));
      c.set("caller", holder.user);
      c.set("scopes", holder.scopes);
    } else if (basic !== undefined) {
      const user = instance.users.withPassword(basic.clientId, basic.clientSecret);
      if (user === undefined) throw new ApiError(401, "invalid username, password or token");
      c.set("caller", user);
    }
    const caller = c.get("caller");
    if (caller !== undefined) rejectUnusableAccount(instance, caller.state);
    await next();
  };
}

/** Requires a caller whose token has read (GET, HEAD) or write (other methods) scope for each category. */
export function needs(...categories: readonly ScopeCategory[]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.get("caller") === undefined) throw new ApiError(401, "token is required");
    checkScopes(c, categories);
    await next();
  };
}

/** As `needs`, but anonymous callers are allowed. */
export function needsIfSignedIn(...categories: readonly ScopeCategory[]): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    checkScopes(c, categories);
    await next();
  };
}

function checkScopes(c: Context<ApiEnv>, categories: readonly ScopeCategory[]): void {
  const scopes = c.get("scopes");
  if (scopes === undefined) return;
  const level = c.req.method === "GET" || c.req.method === "HEAD" ? "read" : "write";
  const needed = categories.map((category) => `${level}:${category}` as const);
  if (needed.every((scope) => allows(scopes, scope))) return;
  throw new ApiError(403, `token does not have at least one of required scope(s): [${needed.join(" ")}]`);
}

/** The caller of a route with `needs`. */
export function callerOf(c: Context<ApiEnv>): SandboxUser {
  const caller = c.get("caller");
  if (caller === undefined) throw new ApiError(401, "token is required");
  return caller;
}
