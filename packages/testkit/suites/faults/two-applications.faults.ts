import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { ClientFlow } from "./client-flow.ts";
import { eventually } from "./eventually.ts";
import { startFaultStack } from "./fault-stack.ts";
import { issueChild } from "./issue-child.ts";

// A second application in Forgejo, for grants that only read. The tool table is wrong on purpose: it says that opening an
// issue is to read, so that the policy lets it pass.
const folder = mkdtempSync(join(tmpdir(), "fjmcp-table-"));
t.teardown(() => rmSync(folder, { recursive: true }));
const tool = { class: "read", toolset: "context", idempotent: true, title: "A tool" };
const table = { version: "1", serverNames: ["issues"], tools: { whoami: tool, open_issue: tool } };
writeFileSync(join(folder, "table.json"), JSON.stringify(table));

const setup = await startFaultStack({
  child: issueChild,
  readOnlyApplication: true,
  sessionDaemon: { FJMCP_TOOL_TABLE: join(folder, "table.json") },
});
t.teardown(() => setup.close());
const { controls } = setup.forgejo;
const readOnlyClientId = setup.stack.forgejo.readOnly!.clientId;

const whoami = (flow: ClientFlow) => flow.mcp.useTool("whoami");
const openIssue = (flow: ClientFlow) => flow.mcp.useTool("open_issue", { owner: flow.user });

/** How often the auth-server has looked up a user at Forgejo with a valid token. */
const checksThatFoundUser = () =>
  setup.forgejo.requests.filter(
    ({ path, status, userAgent }) =>
      path === "/api/v1/user" && status === 200 && userAgent?.startsWith("fjmcp") === true,
  ).length;

/** A client of each kind, of one new user, whose workers have called Forgejo. */
async function bothKinds(t: Test) {
  const writing = await setup.newFlow("gateway");
  const reading = await writing.another({ access: "read" });
  for (const flow of [writing, reading]) {
    await flow.prepare("call");
    t.match(await whoami(flow), { outcome: "done", text: flow.user });
  }
  return { reading, writing };
}

t.test("Forgejo itself rejects what a read-only client writes past the policy", async (t) => {
  const { reading, writing } = await bothKinds(t);
  t.match(await openIssue(reading), { message: "Forgejo responded with 403" });
  t.match(await openIssue(writing), { outcome: "done", text: "An issue" });
});

t.test("a revocation of one application in Forgejo ends its clients, and no others", async (t) => {
  const { reading, writing } = await bothKinds(t);
  controls.revokeGrant(reading.user, readOnlyClientId);
  t.match(await whoami(reading), { message: "Forgejo responded with 401" }, "the child's own error first");
  await eventually(
    "the next request should be unauthorized",
    async () => (await whoami(reading)).outcome === "401 invalid_token",
  );
  t.equal(await reading.runStep("refresh"), "400 invalid_grant");
  t.match(await whoami(writing), { outcome: "done", text: writing.user });
  t.equal(await writing.runStep("refresh"), "done");
});

t.test("clients of one application work while the other one is unknown to Forgejo", async (t) => {
  const { reading, writing } = await bothKinds(t);
  controls.deleteApp(readOnlyClientId);
  const { message } = await eventually("calls should name the administrator", async () => {
    const failure = await whoami(reading);
    return failure.message.includes("administrator") ? failure : undefined;
  });
  t.match(message, "Your connection is kept");
  // An error of the other grant makes a check of the user: it must not concern this one, nor mend it.
  const before = checksThatFoundUser();
  const nobody = { owner: "nobody" };
  t.match(await writing.mcp.useTool("open_issue", nobody), { message: "Forgejo responded with 404" });
  await eventually("the user should be checked", () => checksThatFoundUser() > before);
  t.match(await whoami(writing), { outcome: "done", text: writing.user });
  t.match((await whoami(reading)).message, "administrator");
  t.equal(await reading.runStep("refresh"), "done", "the client keeps its tokens");
});
