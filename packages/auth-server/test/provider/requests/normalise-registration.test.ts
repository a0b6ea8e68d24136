import * as fc from "fast-check";
import t from "tap";
import { normaliseRegistration } from "../../../src/provider/requests/normalise-registration.ts";
import { redirectUriFault } from "../../../src/provider/requests/redirect-uri-policy.ts";
import { registrationFault } from "../../../src/provider/requests/registration-policy.ts";

/** The same choices in every run. */
const seed = 20_261_129;

t.test("normalises any JSON, idempotently, and leaves no empty member", (t) => {
  const member = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.webUrl()),
    fc.constantFrom("", null, [], "openid forgejo:read"),
  );
  const names = [
    "redirect_uris",
    "grant_types",
    "response_types",
    "scope",
    "client_name",
    "client_uri",
    "unknown",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), member), (sent) => {
      const once = normaliseRegistration(structuredClone(sent)) as Record<string, unknown>;
      t.same(normaliseRegistration(structuredClone(once)), once);
      registrationFault(once);
      return Object.values(once).every((value) => value !== null && value !== "" && value !== undefined);
    }),
    { seed },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (sent) => void normaliseRegistration(sent)),
    { seed },
  );
  t.end();
});

t.test("drops links that no page shows", async (t) => {
  const link = "https://client.example/a-link";
  const kept = normaliseRegistration({ client_uri: link, logo_uri: link, policy_uri: link, tos_uri: link });
  t.notMatch(kept, { client_uri: String });
  t.notMatch(kept, { logo_uri: String });
  t.notMatch(kept, { policy_uri: String });
  t.notMatch(kept, { tos_uri: String });
});

t.test("rejects redirect URIs that a browser reads as another one", (t) => {
  const noise = fc.constantFrom("", " ", "\t", "\n", "#", "@", "user@", "\\", "\u00a0", "\u0000", ".");
  const scheme = fc.constantFrom(
    "https:",
    "http:",
    "HTTP:",
    "javascript:",
    "cursor:",
    "data:",
    "file:",
    "ws:",
    "ftp:",
  );
  const host = fc.constantFrom(
    "client.example",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "localhost.client.example",
  );
  const uri = fc
    .tuple(noise, scheme, fc.constantFrom("//", "/", ""), noise, host, noise, fc.webPath(), noise)
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(uri, (text) => {
      if (redirectUriFault(text) !== undefined) return true;
      const url = new URL(text);
      const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
      return (
        url.username === "" &&
        !text.includes("#") &&
        !/\s/.test(text) &&
        ["https:", "http:", "cursor:"].includes(url.protocol) &&
        (url.protocol !== "http:" || isLoopback)
      );
    }),
    { seed, numRuns: 2000 },
  );
  t.end();
});
