import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { forgejoHealth } from "../../src/net/forgejo-health.ts";

async function healthOf(t: Test, listener: RequestListener, timeoutMs = 60_000) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return forgejoHealth(`http://127.0.0.1:${(server.address() as AddressInfo).port}/forge`, timeoutMs);
}

const replying =
  (status: number, body: string | object): RequestListener =>
  (_, res) => {
    res.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  };

t.test("is ok for Forgejo 9 and newer, below the path of its URL", async (t) => {
  for (const version of [
    "9.0.0+gitea-1.22.0",
    "11.0.14+gitea-1.22.0",
    "16.0.0",
    "17.0.0-dev-1-abc+gitea-1.22.0",
  ]) {
    const health = await healthOf(t, (req, res) => {
      t.equal(req.url, "/forge/api/v1/version");
      t.match(req.headers["user-agent"], /^fjmcp\//);
      res.end(JSON.stringify({ version }));
    });
    t.same(health, { status: "ok" }, version);
  }
});

t.test("is misconfigured for an older Forgejo, for Gitea, and for an API without a version", async (t) => {
  for (const version of ["8.0.3+gitea-1.22.0", "7.0.16", "1.22.3", "1.25.0+dev"]) {
    const health = await healthOf(t, replying(200, { version }));
    t.match(health, { status: "misconfigured", reason: `version ${version}: Forgejo 9 or newer` });
  }
  const noApi = await healthOf(t, replying(404, { message: "not found", url: "" }));
  t.match(noApi, { status: "misconfigured", reason: "is not a Forgejo" });
});

t.test("is ok for a Forgejo that tells its version only to signed-in users", async (t) => {
  const message = "Only signed in user is allowed to call APIs.";
  for (const status of [401, 403]) t.same(await healthOf(t, replying(status, { message })), { status: "ok" });
});

t.test("is away for anything that a proxy may say, for no reply and for a late one", async (t) => {
  const page = "<!doctype html><title>Maintenance</title>";
  for (const status of [200, 302, 401, 403, 404, 429, 500, 502, 503]) {
    t.match(await healthOf(t, replying(status, page)), { status: "away", reason: `status ${status}` });
  }
  t.match(await healthOf(t, replying(200, { version: 16 })), { status: "away" });
  t.match(await healthOf(t, replying(200, "null")), { status: "away" });
  t.match(await healthOf(t, (req) => req.socket.destroy()), { status: "away" });
  t.match(await healthOf(t, () => undefined, 100), { status: "away", reason: /timeout/i });
  t.match(await forgejoHealth("http://127.0.0.1:2", 60_000), { status: "away", reason: "ECONNREFUSED" });
});

t.test("reads no more of a long response than a version needs", async (t) => {
  let closed: Promise<unknown> | undefined;
  const health = await healthOf(t, (_, res) => {
    closed = once(res, "close");
    // It goes on after this, and never ends.
    res.write("x".repeat(128 * 1024));
  });
  t.match(health, { status: "away", reason: "does not respond as a Forgejo (status 200)" });
  await closed;
});
