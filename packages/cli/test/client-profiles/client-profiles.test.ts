import { join } from "node:path";
import t from "tap";
import { ownNetworkLacks, runInOwnNetwork } from "@fjmcp/testkit/process/own-network";

const lacks = ownNetworkLacks();
t.test(
  "replays the profiles of clients without their vendors' sites",
  { skip: lacks ?? false },
  async (t) => {
    const status = runInOwnNetwork(t, join(import.meta.dirname, "../fixtures/client-profiles.ts"), {});
    t.equal(status, 0, "every profile in the network of its own passed");
  },
);
