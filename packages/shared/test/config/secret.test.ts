import { inspect, format } from "node:util";
import t from "tap";
import { Secret } from "../../src/config/secret.ts";

t.test("shows its value only through reveal()", async (t) => {
  const secret = new Secret("canary-value");
  t.equal(secret.reveal(), "canary-value");
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
    format("%s %o %O %j", secret, secret, secret, secret),
  ];
  for (const text of shown) t.notMatch(text, "canary-value");
});
