import { generateKeyPairSync } from "node:crypto";
import { createServer, get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { Provider } from "oidc-provider";
import t from "tap";
import { buildUrlsFromIssuer } from "../../../src/provider/overrides/issuer-urls.ts";

const issuer = "https://mcp.example";

t.test("OIDCContext#urlFor builds URLs from the issuer, whatever the Host header", async (t) => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "test" }] },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    cookies: { keys: ["a key"] },
    features: { devInteractions: { enabled: false } },
  });
  buildUrlsFromIssuer(provider);
  const server = createServer(provider.callback()).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const request = get({
    port,
    host: "127.0.0.1",
    path: "/.well-known/openid-configuration",
    headers: { host: "evil.example" },
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  t.match(await json(response), {
    authorization_endpoint: `${issuer}/auth`,
    jwks_uri: `${issuer}/jwks`,
  });
});
