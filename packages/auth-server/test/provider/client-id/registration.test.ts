import { randomBytes, randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Secret } from "@fjmcp/shared/config/secret";
import { createKeyRing } from "../../../src/crypto/key-ring.ts";
import { createClientIdCodec } from "../../../src/provider/client-id/client-id-codec.ts";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { authorizationRequest, postJson, redirectUri, refresh, register } from "../../support/client.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const ask = (metadata: unknown) => postJson(`${origin}/oauth/register`, metadata);
const none = { token_endpoint_auth_method: "none" };

t.test("authenticates a client by its secret and stores nothing of it", async (t) => {
  const before = await setup.admin.dbsize();
  const client = await register(origin, { token_endpoint_auth_method: "client_secret_post" });
  const other = await register(origin, { token_endpoint_auth_method: "client_secret_post" });
  t.equal(await setup.admin.dbsize(), before);
  const responses = await Promise.all(
    [client.clientSecret!, other.clientSecret!, "guess"].map((secret) =>
      postForm(`${origin}/oauth/token`, {
        grant_type: "refresh_token",
        client_id: client.clientId,
        client_secret: secret,
        refresh_token: "none",
      }),
    ),
  );
  t.match(responses, [
    { status: 400, body: { error: "invalid_grant" } },
    { status: 401, body: { error: "invalid_client" } },
    { status: 401, body: { error: "invalid_client" } },
  ]);
});

t.test("stores nothing of a registration, however much a stranger sends", async (t) => {
  const before = await setup.admin.dbsize();
  const uris = Array.from({ length: 8 }, (_, i) => `https://client.example/${i}/${"path/".repeat(20)}`);
  const responses = await Promise.all(
    Array.from({ length: 100 }, () => ask({ redirect_uris: uris, client_name: "x".repeat(200), ...none })),
  );
  for (const { status, body } of responses) {
    t.equal(status, 201);
    t.ok(String(body["client_id"]).length <= 1024);
  }
  t.equal(await setup.admin.dbsize(), before);
});

t.test("rejects metadata that does not fit into an id, with the RFC's error", async (t) => {
  const noise = (length: number) => randomBytes(length).toString("base64url");
  t.match(await ask({ redirect_uris: [`https://client.example/${noise(900)}`], ...none }), {
    status: 400,
    body: { error: "invalid_redirect_uri", error_description: /too long/ },
  });
  const letters = () =>
    Array.from({ length: 199 }, () => String.fromCodePoint(0x4e00 + randomInt(20_000))).join("");
  t.match(
    await ask({
      redirect_uris: [redirectUri],
      client_name: letters(),
      software_id: letters(),
      software_version: letters(),
    }),
    { status: 400, body: { error: "invalid_client_metadata", error_description: /too long/ } },
  );
});

t.test("recognises a client at every auth-server with the key, also with an empty Redis", async (t) => {
  const client = await register(origin);
  await setup.admin.flushall();
  const second = await setup.serve();
  t.match(await refresh(second, client, "none"), { status: 400, body: { error: "invalid_grant" } });
  t.match(await refresh(origin, client, "none"), { status: 400, body: { error: "invalid_grant" } });
});

t.test("verifies clients of old keys in the ring and rejects those of removed keys", async (t) => {
  const client = await register(origin);
  const ring = (name: string, ...keys: string[]) => {
    writeFileSync(join(setup.directory, name), keys.join("\n"), { mode: 0o600 });
    return { more: { FJMCP_DERIVATION_KEY_FILE: join(setup.directory, name) } };
  };
  const [newKey, oldKey] = [randomBytes(32).toString("base64url"), setup.secrets[3]!];
  // Beside a running auth-server a new key is last before it is first.
  await setup.serve(ring("extended", oldKey, newKey));
  const rotated = await setup.serve(ring("rotated", newKey, oldKey));
  t.match(await refresh(rotated, client, "none"), { status: 400, body: { error: "invalid_grant" } });
  const revoked = await setup.serve(ring("revoked", newKey));
  t.match(await refresh(revoked, client, "none"), { status: 401, body: { error: "invalid_client" } });
  t.match(await refresh(origin, await register(rotated), "none"), { status: 401 });
});

t.test("applies a tightened policy at authorize and never at refresh", async (t) => {
  // As registered before the scheme was denied.
  const ids = createClientIdCodec(createKeyRing(new Secret(setup.secrets[3]!)));
  const uri = "ftp://client.example/callback";
  const client = {
    clientId: ids.encode({ redirect_uris: [uri], application_type: "native", ...none })!,
    redirectUri: uri,
  };
  t.match(await refresh(origin, client, "none"), { status: 400, body: { error: "invalid_grant" } });
  const response = await fetch(authorizationRequest(origin, client).url, { redirect: "manual" });
  t.equal(response.status, 400);
  t.equal(response.headers.get("location"), null);
});
