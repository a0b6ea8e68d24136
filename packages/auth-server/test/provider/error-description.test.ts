import { errors } from "oidc-provider";
import t from "tap";
import { errorDescription } from "../../src/provider/error-description.ts";

type LibraryError = new (description?: string) => { error: string; error_description?: string };

/** Bases, and what only this server throws, with words of its own (RFC 8628 §3.5). */
const notThrown = new Set([
  "OIDCProviderError",
  "CustomOIDCProviderError",
  "AuthorizationPending",
  "SlowDown",
]);
const classes = Object.entries(errors).filter(([name]) => !notThrown.has(name)) as [string, LibraryError][];

/** What a user can do, at the end or before a last aside. */
const advice =
  /(Connect again|Start again|Update your|Try again|Remove this server|Ask the administrator|ask the administrator|give its administrator)[^.]*\.$/;

t.test("each error of oidc-provider has a sentence that says what to do", async (t) => {
  t.ok(classes.length > 30, "the errors were found");
  for (const [name, LibraryErrorClass] of classes) {
    // As oidc-provider serialises it; a class has a description of its own, needs one, or has none.
    const { error, error_description } = new LibraryErrorClass(
      name === "InvalidClientMetadata" ? "client_name must be a string" : undefined,
    );
    const text = errorDescription({ error, error_description });
    t.match(text, /^[A-Z][\x20-\x21\x23-\x5b\x5d-\x7e]*\.$/, `${name}: ${text}`);
    t.match(text, advice, `${name}: ${text}`);
    t.not(text, error_description);
  }
});

t.test("the response to a failure has none of its words", async (t) => {
  const text = errorDescription({ error: "server_error", error_description: "oops! something went wrong" });
  t.notMatch(text, "oops");
  t.match(text, advice);
});
