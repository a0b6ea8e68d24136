import t from "tap";
import { loggedLines } from "../support/logged-lines.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

interface SessionLine {
  readonly reason: string;
  readonly sessionRef: string;
}

t.test("sessions that end have a line with the reason", async (t) => {
  const daemon = await startSessionDaemon(t);
  const grant = await daemon.grant();
  const first = await McpSession.open(daemon, grant);
  await McpSession.open(daemon, grant);
  await McpSession.open(daemon, grant);
  await first.send("DELETE");
  const listed = await daemon.sessions("");
  await daemon.control("POST", "/sessions/end", { by: "session", sessionRef: listed[0]!.sessionRef });
  await daemon.control("POST", "/sessions/end", { by: "account", accountId: "1" });
  const closed = await loggedLines<SessionLine>(daemon, "session.closed");
  t.same(
    closed.map(({ reason }) => reason),
    ["client", "administrator", "access_ended"],
  );
  const opened = await loggedLines<SessionLine>(daemon, "session.opened");
  t.equal(closed[0]!.sessionRef, opened[0]!.sessionRef);
});

t.test("sessions that ended with their grants have a line for each account, and are counted", async (t) => {
  const daemon = await startSessionDaemon(t);
  const end = (body: object) => daemon.control("POST", "/sessions/end", body);
  const { json } = await end({ by: "grant", grantId: "g", sessions: [["1", 2]] });
  t.match(json, { sessions: 2 });
  await end({
    by: "grants",
    grantIds: ["h", "i"],
    sessions: [
      ["1", 1],
      ["2", 3],
    ],
  });
  await end({ by: "grant", grantId: "without-sessions" });
  t.match(await loggedLines(daemon, "session.closed"), [
    { accountId: "1", count: 2, reason: "access_ended" },
    { accountId: "1", count: 1, reason: "access_ended" },
    { accountId: "2", count: 3, reason: "access_ended" },
  ]);
  const terminated = await loggedLines<{ sessions: number }>(daemon, "grant.terminated");
  t.same(
    terminated.map(({ sessions }) => sessions),
    [2, 4, 0],
  );
  const { text } = await daemon.control("GET", "/metrics");
  t.match(text, /^fjmcp_sessions_ended_total\{reason="access_ended",.*\} 6$/m);
});
