import { raw } from "hono/html";
import { accountIdSchema, grantIdSchema } from "@fjmcp/shared/ids";
import { defaultToolsets, toolsets } from "@fjmcp/shared/oauth/toolsets";
import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { revocationReasons } from "@fjmcp/shared/ipc/explain";
import { suggestedForgejoScope } from "../../src/upstream/forgejo/forgejo-scope.ts";
import { consentOffer } from "../../src/web/consent-offer.ts";
import type { ConnectionNotice } from "../../src/web/connection-notice.ts";
import type { Html } from "../../src/web/html.ts";
import { initialChoice } from "../../src/web/pages/consent-choices.ts";
import { accountPage, accountsPage } from "../../src/web/pages/connections/accounts-page.ts";
import { connectionPage } from "../../src/web/pages/connections/connection-page.ts";
import type { ConnectionView } from "../../src/web/pages/connections/connection-view.ts";
import { connectionsFaultPage } from "../../src/web/pages/connections/connections-fault-page.ts";
import { connectionsPage } from "../../src/web/pages/connections/connections-page.ts";
import { signInFailedPage } from "../../src/web/pages/connections/sign-in-failed-page.ts";
import { signInPage } from "../../src/web/pages/connections/sign-in-page.ts";
import { tokenCreatedPage } from "../../src/web/pages/connections/token-created-page.ts";
import { tokenFormPage } from "../../src/web/pages/connections/token-form-page.ts";
import type { PageContext } from "../../src/web/pages/page-context.ts";
import type { TokenFormFault } from "../../src/web/token-form-fault.ts";

const forgejoUrl = "https://code.forgejo.example-organisation.org";
const mcpUrl = "https://forgejo-mcp.assistants.example-organisation.org/mcp";
const nowMs = Date.UTC(2026, 10, 26, 12);
const dayMs = 86_400_000;
const user = { login: "a.user.with-a-long-name", csrf: "", forgejoUrl, isAdministrator: true };

const claude: ConnectionView = {
  grantId: grantIdSchema.parse("grant-1"),
  label: "laptop",
  clientName: "Claude",
  isPersonalToken: false,
  hosts: ["claude.ai"],
  identity: "document",
  access: { scopes: [...scopes], toolsets: [...defaultToolsets] },
  createdAtMs: nowMs - 40 * dayMs,
  expiresAtMs: undefined,
  lastUsedAtMs: nowMs - 180_000,
  lastTools: ["list_repo_issues", `a_tool_with_a_${"long_".repeat(20)}name`],
  sessions: 2,
};
const editor: ConnectionView = {
  ...claude,
  grantId: grantIdSchema.parse("grant-2"),
  label: undefined,
  clientName: "Visual Studio Code",
  hosts: ["127.0.0.1:33418", "vscode.dev.with-a-long-subdomain.example-organisation.org"],
  identity: "none",
  access: { scopes: ["forgejo:read"], toolsets: [...toolsets] },
  lastUsedAtMs: undefined,
  sessions: 0,
};
const nameless: ConnectionView = {
  ...claude,
  grantId: grantIdSchema.parse("grant-3"),
  label: "w".repeat(80),
  clientName: undefined,
  identity: "registration",
  access: { scopes: ["forgejo:read"], toolsets: ["issues"] },
  lastUsedAtMs: nowMs - 5000,
  sessions: undefined,
};
const token: ConnectionView = {
  ...claude,
  grantId: grantIdSchema.parse("grant-4"),
  label: "nightly-ci",
  clientName: undefined,
  isPersonalToken: true,
  hosts: [],
  identity: "none",
  expiresAtMs: nowMs + 50 * dayMs,
  lastUsedAtMs: undefined,
  lastTools: [],
  sessions: 0,
};
const all = [claude, editor, nameless, token];
const historyNames = { atMs: nowMs - 7200_000, label: "work", clientName: "Claude", isPersonalToken: false };
const history = [
  { kind: "viewed" as const, atMs: nowMs - 3600_000 },
  { ...historyNames, kind: "narrowed" as const, by: "user" as const },
  { ...historyNames, kind: "narrowed" as const, by: "administrator" as const },
  { ...historyNames, kind: "connected" as const },
  { ...historyNames, kind: "token_created" as const, isPersonalToken: true },
  ...revocationReasons.map((reason, index) => ({
    kind: "ended" as const,
    atMs: nowMs - index * 9 * dayMs,
    reason,
    label: index % 3 === 0 ? "work" : undefined,
    clientName: index % 3 === 1 ? undefined : "Claude Code",
    isPersonalToken: index % 3 === 1,
  })),
];

/** Every page about connections, with long names and hosts; by what it is. */
export function sampleConnectionPages(page: PageContext): Record<string, Html> {
  const { connections: texts } = page.texts;
  const keys = <Key extends string>(of: Readonly<Record<Key, unknown>>) => Object.keys(of) as Key[];
  const list = (connections: readonly ConnectionView[], notice?: ConnectionNotice) =>
    connectionsPage(page, {
      ...user,
      connections,
      history: connections.length === 0 ? [] : history,
      hasTwoApplications: connections.length > 0,
      mcpUrl,
      notice,
      nowMs,
    });
  const one = (connection: ConnectionView, withoutArea?: "read") =>
    open(connectionPage(page, { ...user, connection, notice: "renamed", withoutArea, nowMs }));
  const accounts = [
    { accountId: accountIdSchema.parse("1"), login: "alice", connections: 1 },
    { accountId: accountIdSchema.parse("2147483648"), login: undefined, connections: 12 },
  ];
  const offer = consentOffer(scopes, suggestedForgejoScope);
  const form = (fault?: TokenFormFault) =>
    tokenFormPage(page, {
      ...user,
      formId: "",
      offer,
      draft: { name: "", days: "90", choice: initialChoice(offer) },
      maxDays: 365,
      fault,
    });
  return {
    "connections: none": list([]),
    "connections: several": list(all, "ended"),
    "connections: sign in": signInPage(page, { csrf: "", forgejoUrl, notice: "signed_out" }),
    "connection: of a client": one(claude),
    "connection: of a program": one(editor, "read"),
    "connection: without a name": one(nameless),
    "connection: of a personal token": one(token),
    "personal token: form": form(),
    ...Object.fromEntries(
      keys(texts.tokens.form.faults).map((fault) => [`personal token: ${fault}`, form(fault)]),
    ),
    "personal token: created": tokenCreatedPage(page, {
      ...user,
      name: "nightly-ci",
      token: `fjmcp_pat_${"0aZ".repeat(14)}`,
      expiresAtMs: nowMs + 90 * dayMs,
      mcpUrl,
    }),
    "accounts: several": accountsPage(page, { ...user, accounts, isFirst: false, next: "2147483648" }),
    "accounts: none": accountsPage(page, { ...user, accounts: [], isFirst: true, next: undefined }),
    "account: one": open(
      accountPage(page, { ...user, account: accounts[0]!, connections: all, notice: undefined, nowMs }),
    ),
    "connections: signed out meanwhile": signInPage(page, {
      csrf: "",
      forgejoUrl,
      notice: "signed_in_again",
    }),
    ...Object.fromEntries(
      keys(texts.signInFailures).map((error) => [
        `sign in failed: ${error}`,
        signInFailedPage(page, { error, reference: "ABCDEFGH12" }),
      ]),
    ),
    ...Object.fromEntries(
      keys(texts.faults).map((fault) => [
        `connections fault: ${fault}`,
        connectionsFaultPage(page, fault, "ABCDEFGH12"),
      ]),
    ),
  };
}

/** The page with all that is folded away unfolded. */
async function open(page: Html): Promise<Awaited<Html>> {
  return raw(String(await page).replaceAll("<details ", "<details open "));
}
