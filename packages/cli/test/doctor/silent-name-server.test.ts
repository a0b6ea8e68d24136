import { join } from "node:path";
import t from "tap";
import { ownNetworkLacks, runInOwnNetwork } from "@fjmcp/testkit/process/own-network";

const lacks = ownNetworkLacks();
t.test("looks up names in bounded time", { skip: lacks ?? false }, async (t) => {
  const hosts = { "mcp.example.org": undefined };
  const status = runInOwnNetwork(t, join(import.meta.dirname, "../fixtures/silent-name-server.ts"), hosts);
  t.equal(status, 0, "every test in the network of its own passed");
});
