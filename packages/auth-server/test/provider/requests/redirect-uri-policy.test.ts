import t from "tap";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";
import { postJson } from "../../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const registerAt = (uri: string) =>
  postJson(`${origin}/oauth/register`, { redirect_uris: [uri], token_endpoint_auth_method: "none" });

t.test("rejects a scheme that wraps a web address, by the browser that has it or by its form", async (t) => {
  for (const uri of [
    "microsoft-edge:https://evil.example/cb",
    "microsoft-edge:?url=https%3A%2F%2Fevil.example%2Fcb",
    "microsoft-edge-https://evil.example/cb",
    "googlechrome://evil.example/cb",
    "GoogleChromes://evil.example/cb",
    "googlechrome-x-callback://x-callback-url/open/?url=https%3A%2F%2Fevil.example",
    "firefox://open-url?url=https://evil.example",
    "firefox-focus://open-url?url=https://evil.example",
    "firefoxurl:evil.example",
    "touch-https://evil.example/cb",
    "opera-http://evil.example/cb",
    "opera-mini://evil.example/cb",
    "ddgQuickLink://evil.example/cb",
    "x-safari-https://evil.example/cb",
    "some-browser:https://evil.example/cb",
    "some-browser://https://evil.example/cb",
    "some-browser:HTTP%3A//evil.example/cb",
    "some-browser:?url=https://evil.example/cb",
  ]) {
    t.match(await registerAt(uri), { status: 400, body: { error: "invalid_redirect_uri" } }, uri);
  }
});

t.test("accepts an application's own scheme that resembles one", async (t) => {
  for (const uri of [
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "claude://claude.ai/mcp-auth-callback/sdk",
    "claude://https/callback",
    "com.example.firefox:/callback",
    "com.example.app:/callback?from=https://mcp.example.net",
    "https://client.example/https://client.example/callback",
  ]) {
    t.match(await registerAt(uri), { status: 201, body: { redirect_uris: [uri] } }, uri);
  }
});
