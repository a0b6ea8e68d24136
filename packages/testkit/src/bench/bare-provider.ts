// oidc-provider with its own in-memory adapter and the rules of the auth-server: what the library itself costs.
// GET /codes?count=N&challenge=C responds with N fresh authorization codes as a JSON array.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, clientId = "", redirectUri = "", resource = "", scope = ""] = process.argv.slice(2);
const accountId = "1";

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: clientId,
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
    },
  ],
  scopes: scope.split(" "),
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope, audience: resource, accessTokenFormat: "opaque" }),
    },
  },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  expiresWithSession: () => false,
});

/** A code as the authorization endpoint would issue it. */
async function newCode(codeChallenge: string): Promise<string> {
  const client = (await provider.Client.find(clientId))!;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resource, scope);
  const code = new provider.AuthorizationCode({
    gty: "authorization_code",
    client,
    accountId,
    grantId: await grant.save(),
    authTime: Math.floor(Date.now() / 1000),
    codeChallenge,
    codeChallengeMethod: "S256",
    redirectUri,
    resource,
    scope,
  });
  return await code.save();
}

const callback = provider.callback();
createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://bare");
  if (pathname !== "/codes") return callback(request, response);
  const count = Number(searchParams.get("count"));
  const codes = Array.from({ length: count }, () => newCode(searchParams.get("challenge") ?? ""));
  return Promise.all(codes).then((body) => response.end(JSON.stringify(body)));
}).listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
