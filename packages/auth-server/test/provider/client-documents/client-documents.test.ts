import { join } from "node:path";
import t from "tap";
import { ownNetworkLacks, publicAddress, runInOwnNetwork } from "@fjmcp/testkit/process/own-network";

const skip = ownNetworkLacks() ?? false;
const fixture = (name: string) => join(import.meta.dirname, "../../fixtures", name);

t.test("accepts clients by their documents on the web", { skip }, async (t) => {
  const hosts = {
    "client.example": publicAddress,
    "allowed.example": publicAddress,
    "denied.example": publicAddress,
    "denied.example.": publicAddress,
    "inside.example": "127.0.0.1",
  };
  const status = runInOwnNetwork(t, fixture("client-documents.ts"), hosts);
  t.equal(status, 0, "every check in the network of its own passed");
});

t.test("connects to no address but the one that it has checked", { skip }, async (t) => {
  const hosts = {
    "moving.example": publicAddress,
    "rebinding.example": undefined,
    "both.example": undefined,
  };
  const status = runInOwnNetwork(t, fixture("client-document-addresses.ts"), hosts);
  t.equal(status, 0, "every check in the network of its own passed");
});
