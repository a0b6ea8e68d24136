import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { version } from "@fjmcp/shared/version";
import t, { type Test } from "tap";
import { listOwnApplications } from "../../src/setup/forgejo-application.ts";

const uri = "https://mcp.example.net/oauth/callback";

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test("finds the stored application on a later page than the first", async (t) => {
  const apps = [1, 2, 3].map((id) => ({
    id,
    name: `app ${id}`,
    client_id: `client-${id}`,
    client_secret: "",
    redirect_uris: [id === 3 ? uri : "https://other.example.net/"],
  }));
  const methods: string[] = [];
  const userAgents = new Set<string | undefined>();
  const url = await serve(t, (req, res) => {
    methods.push(req.method!);
    userAgents.add(req.headers["user-agent"]);
    const page = Number(new URL(req.url!, "http://x").searchParams.get("page"));
    res.end(JSON.stringify(req.method === "GET" ? apps.slice(2 * page - 2, 2 * page) : apps[2]));
  });
  const own = await listOwnApplications(url, "token");
  own.require("client-3");
  const of = (stored?: { clientId: string; hasSecret: boolean }) =>
    ({ kind: "first", stored, otherClientId: undefined }) as const;
  t.equal(await own.ensure(uri, of({ clientId: "client-3", hasSecret: true })), undefined);
  t.notOk(methods.includes("PATCH"));
  t.match(await own.ensure(uri, of()), { clientId: "client-3" });
  t.same(methods.slice(-2), ["GET", "PATCH"]);
  t.same([...userAgents], [`fjmcp/${version}`]);
});

t.test("says why a Forgejo does not respond", async (t) => {
  await t.rejects(listOwnApplications("http://127.0.0.1:2", "token"), {
    name: "CommandError",
    exitCode: 69,
    message: "http://127.0.0.1:2 does not respond (connect ECONNREFUSED 127.0.0.1:2).",
  });
});

t.test("rejects what is not Forgejo's, and a response that breaks off", async (t) => {
  const listOf = async (listener: RequestListener) => listOwnApplications(await serve(t, listener), "token");
  const foreign = {
    name: "CommandError",
    exitCode: 78,
    message: /^http:\S+ does not respond as a Forgejo \(status 200\)\.$/,
    advice: /Correct the Forgejo URL/,
  };
  for (const page of ["<!doctype html><title>Sign in</title>", '{"error":"sign in"}', ""])
    await t.rejects(
      listOf((_, res) => res.end(page)),
      foreign,
      page,
    );
  const own = await listOf((req, res) => res.end(req.method === "GET" ? "[]" : "<!doctype html>"));
  const known = { kind: "first", stored: undefined, otherClientId: undefined } as const;
  await t.rejects(own.ensure(uri, known), foreign, "a response to a change");
  const cutOff: RequestListener = (_, res) => {
    res.writeHead(200, { "content-length": 100 });
    res.write("[", () => res.destroy());
  };
  await t.rejects(listOf(cutOff), { name: "CommandError", exitCode: 69, message: /\(other side closed\)/ });
});
