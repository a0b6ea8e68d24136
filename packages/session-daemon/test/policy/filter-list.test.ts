import t from "tap";
import { listingChild } from "../support/listing-child.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

t.test("leaves out a tool that runs only as a task, since tasks are not offered", async (t) => {
  const tools = ["required", "optional", "forbidden"].map((taskSupport) => ({
    name: taskSupport,
    execution: { taskSupport },
  }));
  const daemon = await startSessionDaemon(t, {
    FJMCP_CHILD_COMMAND: listingChild(t, {
      name: "Tasks",
      tools: [...tools, { name: "plain", execution: 1 }],
    }),
  });
  const session = await McpSession.open(daemon, await daemon.grant());
  const { json } = await session.post({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const listed = json.result.tools as { name: string }[];
  t.strictSame(
    listed.map(({ name }) => name),
    ["optional", "forbidden", "plain"],
  );
});
