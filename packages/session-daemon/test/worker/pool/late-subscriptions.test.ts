import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { noGrantClients } from "../../../src/worker/grant-clients.ts";
import { caller, runPool, toolText, useTool } from "../../support/run-pool.ts";

t.test("what is subscribed to while a worker starts is known to its child", async (t) => {
  let calls = 0;
  const { pool } = runPool(
    t,
    { command: childCommand("stateless") },
    {
      // None at the handshake.
      clients: { ...noGrantClients, subscribedUris: () => (calls++ === 0 ? [] : ["stub://late"]) },
    },
  );
  const streams = () => toolText(useTool(pool, caller(), "streams"));
  await waitUntil("the child is subscribed", async () => (await streams()).includes("stub://late"));
});
