import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import t from "tap";
import { sendRequest } from "@fjmcp/testkit/scripted-user/browser-request";
import { connect } from "../../support/client.ts";
import { connectionIds, csrfOf, openConnection, signIn } from "../../support/connections.ts";
import { problemOf } from "../../support/response-problem.ts";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

/** The same choices in every run. */
const limits = { seed: 20_261_128, numRuns: 400 };

const setup = await setUpAuthServer(t);
setup.forgejo.controls.setAdmin("alice", true);
const { origin, process: server } = await setup.spawn({
  FJMCP_LISTEN: `127.0.0.1:${new URL(setup.issuer).port}`,
});
const user = setup.user("alice");
await connect(origin, user);
const list = await signIn(setup, user);
const [grantId = ""] = connectionIds(list);
const csrf = csrfOf(await openConnection(setup, user, grantId));
const cookie = await user.cookies.header(new URL(`${origin}/connections`), {
  crossSite: false,
  method: "POST",
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "%",
    "\u0000",
    "__proto__",
    "a b",
    "[]",
    "<script>",
    "null",
    "-1",
    "1e9",
    "١",
    "\ud800",
  ),
);
/** Fields of all forms, with what each accepts and anything else. */
const field = fc.oneof(
  fc.tuple(fc.constant("action"), fc.constantFrom("rename", "narrow", "disconnect", "x")),
  fc.tuple(fc.constant("access"), fc.constantFrom("read", "write", "x")),
  fc.tuple(fc.constant("toolset"), fc.constantFrom("issues", "wiki", "admin", "x")),
  fc.tuple(fc.constant("days"), fc.constantFrom("1", "90", "366", "0", "1.5")),
  fc.tuple(fc.constant("connection"), fc.constantFrom(grantId, "x")),
  fc.tuple(
    fc.constantFrom("action", "access", "toolset", "days", "connection", "name", "form", "plan"),
    text,
  ),
  fc.tuple(text, text),
);
const fields = fc.array(field, { maxLength: 8 }).map((pairs) => {
  const form = new URLSearchParams({ csrf });
  for (const [name, value] of pairs) form.append(name.toWellFormed(), value.toWellFormed());
  return form.toString();
});
const id = fc.oneof(
  fc.constantFrom(grantId, "1", "2", "x"),
  text.map((part) => encodeURIComponent(part.toWellFormed())),
);
const path = fc.oneof(
  fc.constantFrom("/connections", "/connections/new-token", "/connections/accounts"),
  // Not to sign out: the requests after it would be those of a stranger.
  fc.tuple(fc.constantFrom("grants", "accounts"), id).map((parts) => `/connections/${parts.join("/")}`),
);

t.test(
  "responds to anything that a signed-in user sends by its own rules",
  { timeout: 120_000 },
  async (t) => {
    const statuses = new Map<number, number>();
    const request = fc.record({ path, fields, isForm: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const response = await sendRequest({
          method: sent.isForm ? "POST" : "GET",
          url: new URL(`${origin}${sent.path}${sent.isForm ? "" : `?${sent.fields}`}`),
          headers: {
            cookie,
            origin,
            "sec-fetch-site": "same-origin",
            ...(sent.isForm && { "content-type": "application/x-www-form-urlencoded" }),
          },
          body: sent.isForm ? sent.fields : undefined,
        });
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        const problem = problemOf(origin, sent.path, response);
        if (problem !== undefined) throw new Error(`${response.status}: ${problem}`);
      }),
      limits,
    );
    t.comment([...statuses].map(([status, count]) => `${status}: ${count}`).join(", "));
    t.ok(
      (statuses.get(200) ?? 0) > 50 && (statuses.get(303) ?? 0) > 5,
      "the session and its forms were accepted",
    );
    await server.end();
    const log = readFileSync(server.logFile, "utf8");
    t.notMatch(log, /"level":"(error|fatal)"|unhandled/i);
    t.notOk(log.includes(csrf));
  },
);
