import t, { type Test } from "tap";
import type { FixtureGrant } from "../support/grants.ts";
import { forgejoMcpTools, listingChild } from "../support/listing-child.ts";
import type { McpReply } from "../support/mcp-reply.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon, type RunningDaemon } from "../support/running-daemon.ts";
import { StatelessClient } from "../support/stateless-client.ts";

/** What a client gets to know about one call. A batch has one status for all of its calls, and no headers for one. */
type Reply = Pick<McpReply, "text" | "json"> & Partial<Pick<McpReply, "status" | "headers">>;

/** How a client of an era calls tools. */
interface Client {
  /** Calls each of the tools once. */
  call(names: readonly unknown[]): Promise<Reply[]>;
  /** The status of an error that has no other one. */
  readonly errorStatus?: number;
  /** Whether a client can name this tool at all. */
  canName(name: unknown): boolean;
}

type Era = (daemon: RunningDaemon, grant: FixtureGrant) => Promise<Client>;

const anyName = () => true;
const concurrently =
  (call: (name: unknown, id: number) => Promise<McpReply>) => (names: readonly unknown[]) =>
    Promise.all(names.map(async (name, id) => call(name, id)));

const eras: Record<string, Era> = {
  async "2025-11-25"(daemon, grant) {
    const session = await McpSession.open(daemon, grant);
    const call = concurrently((name, id) => session.post(callTool(id, name as string)));
    return { call, errorStatus: 200, canName: anyName };
  },

  async "a batch of 2025-03-26"(daemon, grant) {
    const session = await McpSession.open(daemon, grant, "2025-03-26");
    return {
      async call(names) {
        const reply = await session.post(names.map((name, id) => callTool(id, name as string)));
        const members = new Map((reply.json as unknown as McpReply["json"][]).map((one) => [one.id, one]));
        return names.map((_, id) => {
          const json = members.get(id)!;
          return { json, text: JSON.stringify(json) };
        });
      },
      canName: anyName,
    };
  },

  async "2026-07-28"(daemon, grant) {
    const client = new StatelessClient(daemon, grant);
    const call = concurrently((name, id) =>
      client.call(name as string, {}, { id }, { "mcp-name": encode(name) }),
    );
    // No header has a lone surrogate, and one that disagrees with the body is rejected.
    return { call, errorStatus: 200, canName: (name) => String(name).isWellFormed() };
  },
};

/** The value of Mcp-Name (MCP 2026-07-28, "Value Encoding"); undefined, where the name is no string. */
function encode(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  if (/^[\x21-\x7e]*$/.test(name)) return name;
  return `=?base64?${Buffer.from(name).toString("base64")}?=`;
}

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
      t.test(
        `enforces the policy: ${era}, account ${accountId}, token ${JSON.stringify(record)}`,
        async (t) => {
          const grant = await daemon.grant({ accountId }, record);
          const client = await open(daemon, grant);
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
                const isExpected = may("other", false) && client.canName(respelled);
                spelled.push({ name: respelled, isExpected, isExact: false });
              }
            }
          }
          const replies = await client.call(spelled.map(({ name }) => name));
          const ran = spelled.filter((_, index) => hasRun(replies[index]!)).map(({ name }) => name);
          t.strictSame(
            ran,
            spelled.filter(({ isExpected }) => isExpected).map(({ name }) => name),
          );
          for (const [index, { isExpected, isExact }] of spelled.entries()) {
            if (isExact && !isExpected)
              checkRejection(t, replies[index]!, scope.requestedScope === "forgejo:read");
          }
          const rejected = await client.call(
            Object.values(invalid).map((respell) => respell("get_issue_by_index")),
          );
          for (const [index, spelling] of Object.keys(invalid).entries()) {
            t.match(rejected[index], { json: { error: { code: -32602 } } }, spelling);
            t.equal(rejected[index]!.status, client.errorStatus, spelling);
          }
          await daemon.control("POST", "/sessions/end", { by: "grant", grantId: grant.grantId });
        },
      );
    }
  }
}

function hasRun(reply: Reply): boolean {
  return reply.text.includes('"ran ');
}

function checkRejection(t: Test, { json, status, headers }: Reply, isReadRequested: boolean): void {
  if (json.error.code === -32602) {
    t.match(json.error.message, /\/connections$/);
    return;
  }
  t.ok(isReadRequested, "only a client that has requested less is asked for more");
  if (headers === undefined) return;
  t.equal(status, 403);
  t.match(headers["www-authenticate"], /error="insufficient_scope"/);
  t.match(headers["www-authenticate"], /scope="forgejo:read forgejo:write"/);
  t.match(headers["www-authenticate"], /resource_metadata="https:\/\/mcp\.example\.org\/\.well-known/);
}
