import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const sessionDaemon = createServer((req, res) => res.end(`session-daemon ${req.url}`));
await listenUnix(sessionDaemon, join(setup.directory, "mcp.sock"));
t.teardown(() => sessionDaemon.close());
const origin = await setup.serve();

/** Sends the request target unchanged; resolves with status and body. */
async function send(method: string, target: string): Promise<{ status: number; body: string }> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  const response = await text(socket);
  const [head = "", body = ""] = response.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body };
}

/** Spellings that another parser could take for one of our paths. */
function spellings(path: string): string[] {
  const [first, ...rest] = path.slice(1);
  const encoded = `/%${first!.charCodeAt(0).toString(16)}${rest.join("")}`;
  return [
    `/x/..${path}`,
    `/.${path}`,
    `/%2e%2e${path}`,
    `/x/%2E%2e${path}`,
    encoded,
    `/${path}`,
    `//host${path}`,
    path.toUpperCase(),
    `${path};x`,
    `${path}%2f`,
    `${path}%00`,
    `${path}%20`,
    `${path}/.`,
    `${path}/x/..`,
    `${path}//`,
    path.replaceAll("/", "\\"),
    `/${path.slice(1).replaceAll("/", "\\")}`,
    `${path}\\`,
    `${path}#x`,
    `http://host/x/..${path}`,
    `http://host/${encoded}`,
  ].filter((spelling) => spelling !== path);
}

const notFound = { status: 404, body: "Not found" };
const noTarget = { status: 400 };
const paths = [
  "/oauth/authorize",
  "/oauth/token",
  "/oauth/register",
  "/oauth/callback",
  "/oauth/interaction/id",
];

for (const path of [...paths, "/.well-known/oauth-authorization-server", "/mcp"]) {
  t.test(`replies 404 to other spellings of ${path}`, async (t) => {
    for (const target of spellings(path)) {
      for (const method of ["GET", "POST"]) {
        const { status, body } = await send(method, target);
        const isPath = target.startsWith("/") || target.startsWith("http://");
        t.match({ status, body }, isPath ? notFound : noTarget, target);
      }
    }
  });
}

t.test("replies 404 to a trailing slash, except on /mcp/", async (t) => {
  for (const path of paths) t.equal((await send("POST", `${path}/`)).status, 404, path);
});

t.test("forwards exactly /mcp and /mcp/ to the session-daemon, with the query as it came", async (t) => {
  for (const target of ["/mcp", "/mcp/", "/mcp?x=%41'", "/mcp/?x=/../y"]) {
    for (const line of [target, `http://host${target}`]) {
      t.match(await send("POST", line), { status: 200, body: `session-daemon ${target}` }, line);
    }
  }
  for (const target of ["/mcp/x", "/mcp/x/", "/mcpx", "/x/mcp"]) {
    t.equal((await send("POST", target)).status, 404, target);
  }
});
