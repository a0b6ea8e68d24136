import { join } from "node:path";
import t from "tap";
import { ownNetworkLacks, publicAddress, runInOwnNetwork } from "@fjmcp/testkit/process/own-network";

const lacks = ownNetworkLacks();
t.test("accepts clients by their documents on the web", { skip: lacks ?? false }, async (t) => {
  const hosts = {
    "client.example": publicAddress,
    "allowed.example": publicAddress,
    "denied.example": publicAddress,
    "denied.example.": publicAddress,
    "inside.example": "127.0.0.1",
  };
  const status = runInOwnNetwork(t, join(import.meta.dirname, "../../fixtures/client-documents.ts"), hosts);
  t.equal(status, 0, "every check in the network of its own passed");
});
