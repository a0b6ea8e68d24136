import type { IncomingMessage, ServerResponse } from "node:http";
import { callbackPath, interactionPath, isProviderPath, providerPaths } from "../paths.ts";
import { protectedResourceMetadataPaths } from "./protected-resource-metadata.ts";

const reading = ["GET", "HEAD"];

/** What programs ask, open to every web page, and therefore answered in JSON. */
export const publicEndpointMethods: ReadonlyMap<string, readonly string[]> = new Map([
  [providerPaths.token, ["POST"]],
  [providerPaths.registration, ["POST"]],
  [providerPaths.revocation, ["POST"]],
  [providerPaths.jwks, reading],
  [providerPaths.metadata, reading],
  [providerPaths.openIdMetadata, reading],
  ...protectedResourceMetadataPaths.map((path) => [path, reading] as const),
]);

/** The methods that a path takes; undefined for one that does not exist. */
function methodsOf(path: string): readonly string[] | undefined {
  const open = publicEndpointMethods.get(path);
  if (open !== undefined) return open;
  if (path.startsWith(`${interactionPath}/`)) return [...reading, "POST"];
  return path === "/" || path === callbackPath || isProviderPath(path) ? reading : undefined;
}

/** Answers a method that the path does not take with 405 (RFC 9110 §15.5.6), and then returns true. */
export function rejectUnsupportedMethod(req: IncomingMessage, res: ServerResponse, path: string): boolean {
  const methods = methodsOf(path);
  if (methods === undefined || methods.includes(req.method ?? "")) return false;
  const allow = methods.join(", ");
  const isPage = !publicEndpointMethods.has(path) && path !== providerPaths.authorization;
  const fault = { error: "invalid_request", error_description: `this endpoint takes ${allow} only` };
  res.writeHead(405, {
    allow,
    "cache-control": "no-store",
    "content-type": isPage ? "text/plain; charset=utf-8" : "application/json",
  });
  res.end(isPage ? `This page takes ${allow} only.\n` : JSON.stringify(fault));
  return true;
}
