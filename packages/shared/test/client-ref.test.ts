import t from "tap";
import { clientRef } from "../src/client-ref.ts";
import { sha256Hex } from "../src/hash.ts";
import type { ClientId } from "../src/ids.ts";

t.test("names a client by the first 12 hex digits of the hash of its id", async (t) => {
  const clientId = "x".repeat(500) as ClientId;
  t.equal(clientRef(clientId), sha256Hex(clientId).slice(0, 12));
  t.match(clientRef(clientId), /^[0-9a-f]{12}$/);
  t.not(clientRef("a" as ClientId), clientRef("b" as ClientId));
});
