import { globSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import * as admin from "@fjmcp/shared/ipc/admin";
import * as control from "@fjmcp/shared/ipc/control";
import * as explain from "@fjmcp/shared/ipc/explain";
import * as grantUses from "@fjmcp/shared/ipc/grant-uses";
import * as health from "@fjmcp/shared/ipc/health";
import * as upstreamToken from "@fjmcp/shared/ipc/upstream-token";
import * as userCheck from "@fjmcp/shared/ipc/user-check";
import * as mcpResource from "@fjmcp/shared/oauth/mcp-resource";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

/** The table of the reference: each path with its methods. */
const documented = new Map(
  [...read("docs/reference/endpoints.md").matchAll(/^\| `(\/[^`]*)` +\| ([A-Z, ]+?) +\|/gm)].map(
    ([, path, methods]) => [path!, methods!],
  ),
);

t.test("the reference lists the auth-server's public endpoints with their methods", async (t) => {
  const paths = (await load("paths")) as Record<string, unknown>;
  const methods = (await load("http/allowed-methods")) as {
    publicEndpointMethods: ReadonlyMap<string, readonly string[]>;
    rejectUnsupportedMethod: (req: IncomingMessage, res: ServerResponse, path: string) => boolean;
  };
  const routes = [...read("packages/auth-server/src/web/web-app.ts").matchAll(/\bapp\.\w+\("(\/[^"]*)"/g)];
  const served = new Set([
    ...Object.values(paths).flatMap(pathsIn),
    ...methods.publicEndpointMethods.keys(),
    ...routes.map(([, path]) => path!),
  ]);
  t.ok(served.size > 10, "the endpoints were found");
  for (const path of served) {
    t.equal(documentedMethods(path), allowedMethods(methods.rejectUnsupportedMethod, path), path);
  }
  const others = new Set<string>([...mcpResource.mcpPaths, ...privatePaths().map(({ path }) => path)]);
  for (const path of documented.keys()) {
    t.ok(others.has(path) || served.has(path.replace(/\/<id>$/, "")), `${path} is served`);
  }
});

t.test("the reference lists the endpoint of the MCP resource", async (t) => {
  for (const path of mcpResource.mcpPaths) t.ok(documented.has(path), path);
});

t.test("the reference lists the endpoints of the private sockets with their methods", async (t) => {
  const endpoints = privatePaths();
  t.ok(endpoints.length >= 4, "the endpoints were found");
  for (const { path, method } of endpoints) t.equal(documented.get(path), method, path);
});

/** What a path allows, as its 405 response says; below an interaction's path, for the page of one interaction. */
function allowedMethods(
  rejectUnsupportedMethod: (req: IncomingMessage, res: ServerResponse, path: string) => boolean,
  path: string,
): string {
  let allowed = "";
  const res = {
    writeHead: (_status: number, headers: { allow: string }) => (allowed = headers.allow),
    end: () => undefined,
  } as unknown as ServerResponse;
  const req = { method: "UNKNOWN" } as IncomingMessage;
  rejectUnsupportedMethod(req, res, documented.has(path) ? path : `${path}/id`);
  return allowed;
}

function documentedMethods(path: string): string | undefined {
  return documented.get(path) ?? documented.get(`${path}/<id>`);
}

/** Every string in an export of paths.ts; functions are none. */
function pathsIn(exported: unknown): string[] {
  if (typeof exported === "string") return [exported];
  return typeof exported === "object" && exported !== null ? Object.values(exported).flatMap(pathsIn) : [];
}

/** The routes that the `ipc/` and `admin/` folders register, by the names of the shared contracts. */
function privatePaths(): { path: string; method: string }[] {
  const contracts: Record<string, unknown> = {
    ...admin,
    ...control,
    ...explain,
    ...grantUses,
    ...health,
    ...upstreamToken,
    ...userCheck,
  };
  return globSync("packages/{auth-server,session-daemon}/src/{ipc,admin}/*.ts", { cwd: projectRoot }).flatMap(
    (file) =>
      [...read(file).matchAll(/\bapp\.(get|post|put|delete)\(\s*([\w.]+|"[^"]*")/g)].map(
        ([, method, name]) => ({ path: resolve(name!), method: method!.toUpperCase() }),
      ),
  );

  function resolve(name: string): string {
    if (name.startsWith('"')) return name.slice(1, -1);
    const value = name
      .split(".")
      .reduce<unknown>((parent, key) => (parent as Record<string, unknown>)[key], contracts);
    return String(value);
  }
}

/** A module of the auth-server, which the testkit does not depend on. */
async function load(module: string): Promise<unknown> {
  return await import(join(projectRoot, `packages/auth-server/src/${module}.ts`));
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
