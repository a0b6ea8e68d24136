import { clientIdSchema } from "@fjmcp/shared/ids";
import { scopes, type Scope } from "@fjmcp/shared/oauth/mcp-resource";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { PendingAuthorization } from "../../src/provider/pending-authorizations.ts";
import { suggestedForgejoScope } from "../../src/upstream/forgejo/forgejo-scope.ts";
import type { EarlierChoice } from "../../src/web/choices-cookie.ts";
import type { ConsentFault } from "../../src/web/consent-choice.ts";
import { consentOffer } from "../../src/web/consent-offer.ts";
import type { Html } from "../../src/web/html.ts";
import { initialChoice } from "../../src/web/pages/consent-choices.ts";
import { consentPage } from "../../src/web/pages/consent-page.ts";
import { errorPage } from "../../src/web/pages/error-page.ts";
import { homePage } from "../../src/web/pages/home-page.ts";
import { deviceCodePage } from "../../src/web/pages/device-code-page.ts";
import { deviceResultPage } from "../../src/web/pages/device-result-page.ts";
import { durationText } from "../../src/web/pages/duration-text.ts";
import { buttonTo } from "../../src/web/pages/link-to.ts";
import { otherAccountPage } from "../../src/web/pages/other-account-page.ts";
import { insufficientScopePage } from "../../src/web/pages/insufficient-scope-page.ts";
import { loginFaultPage } from "../../src/web/pages/login-fault-page.ts";
import { notAllowedPage } from "../../src/web/pages/not-allowed-page.ts";
import { notFoundPage } from "../../src/web/pages/not-found-page.ts";
import { createPageContextFor, type PageContext } from "../../src/web/pages/page-context.ts";
import { createTrustTierOf } from "../../src/web/trust-tier.ts";
import { suspendedPage } from "../../src/web/pages/suspended-page.ts";
import { sampleConnectionPages } from "./sample-connection-pages.ts";

export const mcpUrl = "https://forgejo-mcp.assistants.example-organisation.org/mcp";
const forgejoUrl = "https://code.forgejo.example-organisation.org";
const reference = "ABCDEFGH12";
const marks = "\u0300\u0323\u0302\u0330".repeat(20);
export const targetHost = "mcp.example-organisation.org:8443";

const trustTierOf = createTrustTierOf({ isPinned: ({ url }) => url.startsWith("https://claude.ai/") });

/** The pages of an installation without a name or a picture of its own, for an Accept-Language header. */
export const plainContext = createPageContextFor({ name: "fjmcp", logo: undefined, darkLogo: undefined });

/** Every page, with long hosts, and consent pages with difficult clients; by what it is. */
export function samplePages(page: PageContext): Record<string, Html> {
  const { authorizationFaults, serverFaults, loginFaults, tooManyRequests } = page.texts;
  const keys = <Key extends string>(texts: Readonly<Record<Key, unknown>>) => Object.keys(texts) as Key[];
  return {
    home: homePage(page, { mcpUrl, forgejoHost: new URL(forgejoUrl).host }),
    "not found": notFoundPage(page, { mcpUrl }),
    ...Object.fromEntries(
      ([undefined, "read", "write"] as const).map((entry) => [
        `insufficient scope: ${entry ?? "one entry"}`,
        insufficientScopePage(page, {
          missing: ["write:organization", "private repositories"],
          entry,
          forgejoUrl,
          retry: buttonTo("/", page.texts.common.tryAgain),
          reference,
        }),
      ]),
    ),
    "other account": otherAccountPage(page, {
      login: "a.user.with-a-long-name",
      clientName: "Claude",
      forgejoUrl,
      path: "/",
      confirmation: "",
    }),
    suspended: suspendedPage(page, {
      message:
        "You must change your password. Change it at: https://code.forgejo.example-organisation.org/user/settings",
      forgejoUrl,
      retryUrl: "/",
      reference,
    }),
    "device code": deviceCodePage(page, {
      csrf: "",
      userCode: "",
      isFilledIn: false,
      fault: "unknown_code",
    }),
    "device code of a link": deviceCodePage(page, { csrf: "", userCode: "BCDF-GHJK", isFilledIn: true }),
    "device result": deviceResultPage(page, "temporarily_unavailable"),
    "consent to a device": consent(page, "A device", undefined, { userCode: "BCDF-GHJK" }),
    "not allowed": notAllowedPage(page, {
      login: "a.user.with-a-long-name",
      forgejoUrl,
      continueUrl: "/",
      reference,
    }),
    "too many requests": errorPage(page, {
      fault: { ...tooManyRequests, advice: tooManyRequests.advice(durationText(59, page.texts.tag)) },
      reference,
    }),
    ...consentPages(page),
    ...sampleConnectionPages(page),
    ...Object.fromEntries(
      keys(loginFaults).map((fault) => [
        `login fault: ${fault}`,
        loginFaultPage(page, fault, { host: new URL(mcpUrl).host, forgejoUrl, reference }),
      ]),
    ),
    ...Object.fromEntries(
      keys(authorizationFaults).map((fault) => [
        `authorization fault: ${fault}`,
        errorPage(page, {
          fault: authorizationFaults[fault],
          ...(fault === "invalid" && { description: "missing required parameter code_challenge" }),
          reference,
          back: { redirectUri: `https://${targetHost}/oauth/callback`, href: "/" },
        }),
      ]),
    ),
    ...Object.fromEntries(
      keys(serverFaults).map((fault) => [
        `server fault: ${fault}`,
        errorPage(page, { fault: serverFaults[fault], reference }),
      ]),
    ),
  };
}

function consentPages(page: PageContext): Record<string, Html> {
  return {
    consent: consent(page, "Claude"),
    "consent to read": consent(page, "Claude", "cursor://anysphere.cursor-mcp/oauth/callback", {
      requested: ["forgejo:read"],
    }),
    "consent with two applications": consent(page, "Claude", undefined, { isReadingEnforced: true }),
    "consent to a client with a document": consent(page, "A client", undefined, {
      clientId: `https://${targetHost}/client.json`,
    }),
    "consent to a known client": consent(page, "Claude", "https://claude.ai/api/mcp/auth_callback", {
      clientId: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    }),
    "consent to a known program": consent(page, "Claude Code", "http://localhost:3118/callback", {
      clientId: "https://claude.ai/oauth/claude-code-client-metadata",
    }),
    "consent without a choice": consent(page, "Claude", "http://localhost:3118/callback", {
      fault: "no_level",
    }),
    "consent after an earlier choice": consent(page, "Claude Code", "http://localhost:3118/callback", {
      earlier: { level: "write", toolsets, atMs: Date.UTC(2026, 8, 30) },
    }),
    "consent to a device after an earlier choice": consent(page, "A device", undefined, {
      userCode: "BCDF-GHJK",
      earlier: { level: "read", toolsets: ["issues"], atMs: Date.UTC(2026, 8, 30) },
    }),
    "consent with a long name": consent(page, "x".repeat(200)),
    "consent with stacked marks": consent(page, `Z${marks}a${marks}lgo`),
    "consent with a label of 63 characters": consent(
      page,
      "Claude",
      `https://${"l".repeat(63)}.example/callback`,
    ),
  };
}

function consent(
  page: PageContext,
  clientName: string,
  redirectUri = `https://${targetHost}/oauth/callback?client=desktop&x=1`,
  options: {
    requested?: readonly Scope[];
    fault?: ConsentFault;
    clientId?: string;
    userCode?: string;
    isReadingEnforced?: boolean;
    earlier?: EarlierChoice;
  } = {},
): Html {
  const { requested = scopes, fault, clientId = "id", userCode } = options;
  const pending: PendingAuthorization = {
    uid: "uid",
    clientId: clientIdSchema.parse(clientId),
    clientName,
    redirectUri: userCode === undefined ? redirectUri : undefined,
    userCode,
    personalToken: undefined,
    requestedScopes: requested,
    mayRefresh: true,
    startedAtSec: 0,
  };
  const offer = consentOffer(requested, suggestedForgejoScope, options.isReadingEnforced);
  const submitted = fault && { choice: initialChoice(offer), fault };
  return consentPage(page, {
    pending,
    trust: userCode === undefined ? trustTierOf(pending, redirectUri) : undefined,
    forgejoUrl,
    offer,
    earlier: options.earlier,
    lifetimeSec: 30 * 86_400,
    action: "/",
    csrf: "",
    ...(submitted && { submitted }),
  });
}
