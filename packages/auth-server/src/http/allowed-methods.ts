import type { IncomingMessage, ServerResponse } from "node:http";
import {
  callbackPath,
  connectionsPaths,
  darkLogoPath,
  devicePath,
  faviconPath,
  interactionPath,
  isProviderPath,
  logoPath,
  providerPaths,
} from "../paths.ts";
import { protectedResourceMetadataPaths } from "./protected-resource-metadata.ts";

const reading = ["GET", "HEAD"];

/** The methods of the endpoints that programs call. They reply in JSON and are open to all origins (`handlePublicCors`). */
export const publicEndpointMethods: ReadonlyMap<string, readonly string[]> = new Map([
  [providerPaths.token, ["POST"]],
  [providerPaths.registration, ["POST"]],
  [providerPaths.revocation, ["POST"]],
  [providerPaths.deviceAuthorization, ["POST"]],
  [providerPaths.jwks, reading],
  [providerPaths.metadata, reading],
  [providerPaths.openIdMetadata, reading],
  ...protectedResourceMetadataPaths.map((path) => [path, reading] as const),
]);

const pages: ReadonlySet<string> = new Set([
  "/",
  callbackPath,
  connectionsPaths.list,
  connectionsPaths.accounts,
  faviconPath,
  logoPath,
  darkLogoPath,
]);

/** The methods that a path supports; undefined when there is no such path. */
function methodsOf(path: string): readonly string[] | undefined {
  const publicMethods = publicEndpointMethods.get(path);
  if (publicMethods !== undefined) return publicMethods;
  if (path.startsWith(`${interactionPath}/`) || path === devicePath) return [...reading, "POST"];
  if (path === connectionsPaths.signIn || path === connectionsPaths.signOut) return ["POST"];
  if (path === connectionsPaths.newToken) return [...reading, "POST"];
  if (path.startsWith(`${connectionsPaths.grants}/`) || path.startsWith(`${connectionsPaths.accounts}/`))
    return [...reading, "POST"];
  return pages.has(path) || isProviderPath(path) ? reading : undefined;
}

/** Replies 405 (RFC 9110 §15.5.6) and returns true when the path does not support the request's method. */
export function rejectUnsupportedMethod(req: IncomingMessage, res: ServerResponse, path: string): boolean {
  const methods = methodsOf(path);
  if (methods === undefined || methods.includes(req.method ?? "")) return false;
  const allow = methods.join(", ");
  const isPage = !publicEndpointMethods.has(path) && path !== providerPaths.authorization;
  const fault = { error: "invalid_request", error_description: `this endpoint supports ${allow} only` };
  res.writeHead(405, {
    allow,
    "cache-control": "no-store",
    "content-type": isPage ? "text/plain; charset=utf-8" : "application/json",
  });
  res.end(isPage ? `This page supports ${allow} only.\n` : JSON.stringify(fault));
  return true;
}
