import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { installedPackage } from "../support/installed-package.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const owner = forgejo.users[0]!;
const authorization = `Basic ${Buffer.from(`${owner.name}:${owner.password}`).toString("base64")}`;
const issuer = "https://mcp.example.net";
const redirectUri = `${issuer}/oauth/callback`;
const urls = ["--public-url", issuer, "--forgejo-url", forgejo.url];

async function applications() {
  const url = `${forgejo.url}/api/v1/user/applications/oauth2`;
  const response = await fetch(url, { headers: { authorization } });
  return (await response.json()) as { name: string; client_id: string; redirect_uris: string[] }[];
}

/** An application that was created by hand. */
const made = await forgejo.createApp({ name: "by hand", redirectUris: [redirectUri] });
const byHand = ["--client-id", made.clientId, "--client-secret-stdin"];

t.test("creates a second application with the first one's token, and keeps both", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  const token = forgejo.controls.createAccessToken(forgejo.users[0]!.name, "write:user");
  const both = ["--public-url", "https://both.example.net", "--forgejo-url", forgejo.url, "--token-stdin"];
  await setup([...both, "--read-only"], token);
  const uri = "https://both.example.net/oauth/callback";
  const created = (await applications()).filter(({ redirect_uris: uris }) => uris.includes(uri));
  t.same(created.map(({ name }) => name).toSorted(), ["fjmcp", "fjmcp (read only)"]);
  const idOf = (name: string) => created.find((one) => one.name === name)!.client_id;
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${idOf("fjmcp")}\n`);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=${idOf("fjmcp (read only)")}\n`);
  const secret = credential("forgejo-read-only-client-secret");
  t.not(secret, credential("forgejo-client-secret"));
  t.match((await setup(both, token)).stdout, "Nothing differs");
  t.equal(credential("forgejo-read-only-client-secret"), secret);

  const moved = ["--public-url", "https://both-moved.example.net", "--token-stdin"];
  await setup(moved, token);
  const uris = [uri, "https://both-moved.example.net/oauth/callback"];
  for (const { name, redirect_uris } of await applications())
    if (redirect_uris.includes(uri)) t.same(redirect_uris, uris, name);
  t.equal((await setup(["--read-only"])).code, 64);
});

t.test("accepts a second application that was created by hand, in a run of its own", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  const second = await forgejo.createApp({ name: "reading", redirectUris: [redirectUri] });
  const readOnly = ["--read-only-client-id", second.clientId, "--client-secret-stdin"];
  t.equal((await setup([...urls, ...byHand, ...readOnly], made.clientSecret)).code, 64);
  await setup([...urls, ...byHand], made.clientSecret);
  await setup(readOnly, second.clientSecret);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${made.clientId}\n`);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=${second.clientId}\n`);
  t.equal(credential("forgejo-read-only-client-secret"), second.clientSecret);
  t.equal(credential("forgejo-client-secret"), made.clientSecret);
});
