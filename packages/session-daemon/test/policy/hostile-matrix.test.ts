import t, { type Test } from "tap";
import type { FixtureGrant } from "../support/grants.ts";
import { forgejoMcpTools, listingChild } from "../support/listing-child.ts";
import type { McpReply } from "../support/mcp-reply.ts";
import { callTool, McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon, type RunningDaemon } from "../support/running-daemon.ts";

/** How a client of an era calls a tool. */
type Era = (daemon: RunningDaemon, grant: FixtureGrant) => Promise<(name: unknown) => Promise<McpReply>>;

const eras: Record<string, Era> = {
  async legacy(daemon, grant) {
    const session = await McpSession.open(daemon, grant);
    let id = 0;
    return (name) => session.post(callTool(++id, name as string));
  },
};

/** Each token is of the next one. */
const accounts = ["1", "2"];

/** The scope and the requested scope of a token; `write`: whether it may write. */
const scopes = [
  { scope: "forgejo:read forgejo:write", write: true },
  { scope: "forgejo:write", write: true },
  { scope: "forgejo:read", write: false },
  { scope: "forgejo:read", requestedScope: "forgejo:read", write: false },
  { scope: "forgejo:read", requestedScope: "forgejo:read forgejo:write", write: false },
];
const toolsets = [undefined, ["issues"], ["code", "other"], []];

const tools = [
  { name: "get_issue_by_index", toolset: "issues", reads: true },
  { name: "create_issue", toolset: "issues", reads: false },
  { name: "get_file_content", toolset: "code", reads: true },
  { name: "delete_file", toolset: "code", reads: false },
  { name: "new_in_this_version", toolset: "other", reads: false },
];

/** Spellings that a child might take for the same tool. To the policy each is a tool that it does not know. */
const spellings: Record<string, (name: string) => unknown> = {
  "a space behind": (name) => `${name} `,
  "a space before": (name) => ` ${name}`,
  "a line end": (name) => `${name}\n`,
  NUL: (name) => `${name}\0`,
  "upper case": (name) => name.toUpperCase(),
  "a Kelvin sign or long s": (name) => name.replace("s", "ſ").replace("k", "\u212a"),
  "full width": (name) => name.replace("e", "ｅ"),
  "a zero-width space": (name) => `${name}\u200b`,
  "a lone surrogate": (name) => `${name}\ud800`,
  percent: (name) => name.replace("_", "%5F"),
  hyphens: (name) => name.replaceAll("_", "-"),
};
const invalid: Record<string, (name: string) => unknown> = {
  "a list": (name) => [name],
  "an object": (name) => ({ toString: name }),
  null: () => null,
  empty: () => "",
  "a number": () => 1,
  missing: () => undefined,
};

const daemon = await startSessionDaemon(t, {
  FJMCP_CHILD_COMMAND: listingChild(t, { name: "Forgejo MCP Server", tools: forgejoMcpTools }),
  FJMCP_MAX_WORKERS: "200",
  FJMCP_MAX_WORKERS_PER_ACCOUNT: "100",
});

for (const [era, open] of Object.entries(eras)) {
  let tokens = 0;
  for (const { write, ...scope } of scopes) {
    for (const allowed of toolsets) {
      const accountId = accounts[tokens++ % accounts.length]!;
      const record = { ...scope, ...(allowed === undefined ? {} : { toolsets: allowed }) };
      t.test(`${era}, account ${accountId}, token ${JSON.stringify(record)}`, async (t) => {
        const grant = await daemon.grant({ accountId }, record);
        const call = await open(daemon, grant);
        const may = (toolset: string, reads: boolean) =>
          (allowed === undefined || allowed.includes(toolset)) && (write || reads);
        const spelled = tools.map(({ name, toolset, reads }) => ({
          name: name as unknown,
          isExpected: may(toolset, reads),
          isExact: true,
        }));
        for (const { name } of tools) {
          for (const respell of Object.values(spellings)) {
            const respelled = respell(name);
            if (respelled !== name) {
              spelled.push({ name: respelled, isExpected: may("other", false), isExact: false });
            }
          }
        }
        const replies = await Promise.all(spelled.map(async ({ name }) => call(name)));
        const ran = spelled.filter((_, index) => hasRun(replies[index]!)).map(({ name }) => name);
        t.strictSame(
          ran,
          spelled.filter(({ isExpected }) => isExpected).map(({ name }) => name),
        );
        for (const [index, { isExpected, isExact }] of spelled.entries()) {
          if (isExact && !isExpected)
            checkRejection(t, replies[index]!, scope.requestedScope === "forgejo:read");
        }
        for (const [spelling, respell] of Object.entries(invalid)) {
          const reply = await call(respell("get_issue_by_index"));
          t.match(reply, { status: 200, json: { error: { code: -32602 } } }, spelling);
        }
        await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
      });
    }
  }
}

function hasRun(reply: McpReply): boolean {
  return reply.text.includes('"ran ');
}

function checkRejection(t: Test, reply: McpReply, isReadRequested: boolean): void {
  if (reply.status === 403) {
    t.ok(isReadRequested, "only a client that has requested less is asked for more");
    t.match(reply.headers["www-authenticate"], /error="insufficient_scope"/);
    t.match(reply.headers["www-authenticate"], /scope="forgejo:read forgejo:write"/);
    t.match(
      reply.headers["www-authenticate"],
      /resource_metadata="https:\/\/mcp\.example\.org\/\.well-known/,
    );
  } else t.match(reply, { status: 200, json: { error: { code: -32602, message: /\/connections$/ } } });
}
