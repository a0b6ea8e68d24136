import t from "tap";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import { createAuditEvents, type AuditEvents } from "../src/audit-events.ts";

const clientId = "https://client.example/client" as ClientId;
const accountId = "7" as AccountId;

/** What somebody can cause at any rate who has no access here, though an account at Forgejo perhaps. */
const ofStrangers: Record<string, (events: AuditEvents) => void> = {
  "client.registered": (events) =>
    events.clientRegistered({ clientId, clientName: "A client", redirectHosts: ["client.example"] }),
  "registration.rejected": (events) =>
    events.registrationRejected({ error: "invalid_redirect_uri", detail: "x" }),
  "client_document.unavailable": (events) =>
    events.clientDocumentUnavailable({ host: "client.example", detail: "x", fallback: "none" }),
  "device_code.issued": (events) => events.deviceCodeIssued({ clientId }),
  "device_code.rejected": (events) => events.deviceCodeRejected({ error: "invalid_client", detail: "x" }),
  "user_code.rejected": (events) => events.userCodeRejected({ paused: false, reference: "ABCDEFGHIJ" }),
  "login.started": (events) => events.loginStarted({ clientId }),
  "login.denied": (events) => events.loginDenied({ clientId }),
  "login.repeated": (events) => events.loginRepeated({ clientId, retries: 1 }),
  "login.failed": (events) => events.loginFailed({ error: "access_denied", detail: "x", clientId }),
  "token_request.rejected": (events) => events.tokenRequestRejected({ error: "invalid_grant", detail: "x" }),
  "rate_limit.exceeded": (events) => events.rateLimited({ limit: "token", source: "203.0.113.1" }),
  "connections.form_rejected": (events) =>
    events.connectionsFormRejected({ detail: "no_cookie", reference: "ABCDEFGHIJ" }),
  "connections.not_administrator": (events) => events.administratorRejected({ accountId }),
  "user.not_allowed": (events) => events.userNotAllowed({ accountId, login: "mallory" }),
  "upstream.suspended": (events) => events.userSuspended({ accountId }),
};

for (const [event, cause] of Object.entries(ofStrangers)) {
  t.test(`counts repetitions of ${event}, and logs them in one line`, async (t) => {
    const lines: object[] = [];
    const write = (fields: object) => void lines.push(fields);
    const events = createAuditEvents({ info: write, warn: write, error: write } as unknown as Log);
    for (let i = 0; i < 1000; i += 1) cause(events);
    events.flush();
    t.match(lines, [
      { event, count: 1 },
      { event, count: 999 },
    ]);
    t.equal(lines.length, 2);
  });
}

t.test("logs each account that is rejected", async (t) => {
  const logged: unknown[] = [];
  const write = (fields: { accountId: string }) => void logged.push(fields.accountId);
  const events = createAuditEvents({ info: write } as unknown as Log);
  const others = ["7", "8", "9"] as AccountId[];
  for (const other of others) events.userNotAllowed({ accountId: other, login: "x" });
  t.same(logged, others);
});
