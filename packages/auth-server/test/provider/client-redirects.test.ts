import t from "tap";
import { clientRedirect } from "../../src/provider/overrides/exact-redirects.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, redeem, register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

/** Redirect URIs whose query another parser would write differently; no response may lose or change a byte of it. */
const redirectUris = [
  "https://client.example/cb?a=b%20c+d&e",
  "https://client.example/cb?x='()*!~&y=%c3%a9&z=%7E",
  "https://client.example/cb?code=own&state=own&error=own",
  "https://client.example/cb?",
  "https://client.example/cb?a=1&",
  "https://client.example:443/cb/../cb?q",
  "http://127.0.0.1:1234?x=1",
  "com.example.app:/callback?x=%20",
  "com.example.app:callback",
];

for (const redirectUri of redirectUris) {
  t.test(`keeps ${redirectUri} to the byte in every redirect to the client`, async (t) => {
    const client = { ...(await register(origin, { redirect_uris: [redirectUri] })), redirectUri };
    const separator = !redirectUri.includes("?") ? "?" : /[?&]$/.test(redirectUri) ? "" : "&";
    // The scripted browser shows a location as a URL, which differs in little from its bytes.
    const own = new URL(`${redirectUri}${separator}`).href;

    for (const consent of ["deny", "allow"] as const) {
      const { url, state, verifier } = authorizationRequest(origin, client);
      const { href } = await setup.user().signInAndAllow(url, { stopAt: redirectUri, consent });
      t.ok(href.startsWith(own), href);
      const parameters = Object.fromEntries(new URLSearchParams(href.slice(own.length)));
      t.match(parameters, { state, iss: origin });
      if (consent === "deny") t.equal(parameters.error, "access_denied");
      else t.equal((await redeem(origin, { ...client, code: parameters.code!, verifier })).status, 200);
    }
  });
}

t.test("appends parameters to the bytes of a redirect URI", async (t) => {
  const parameters = { state: "a b&c" };
  for (const uri of redirectUris) {
    const [query, fragment] = (["query", "fragment"] as const).map((mode) =>
      clientRedirect(uri, parameters, mode),
    );
    t.ok(query!.startsWith(uri) && query!.endsWith("state=a+b%26c"), uri);
    t.equal(fragment, `${uri}#state=a+b%26c`);
  }
  t.equal(
    clientRedirect("https://bücher.example/é?ü", { a: "b" }, "query"),
    "https://xn--bcher-kva.example/%C3%A9?%C3%BC&a=b",
  );
});
