import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t from "tap";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { retireWorkersRequest, type RetireWorkersRequest } from "@fjmcp/shared/ipc/control";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { refresh, revoke } from "../support/client.ts";
import { shiftedClock } from "../support/shifted-clock.ts";
import { serveTwoApplications } from "../support/two-applications.ts";

const invalidGrant = { status: 400, body: { error: "invalid_grant" } };

t.test("authorizes each grant with the application of its choice, whose tokens Forgejo limits", async (t) => {
  const { setup, connect, forgejoToken, use, hasRecord, applications } = await serveTwoApplications(t);
  const user = setup.user();
  const reading = await connect(user, "read");
  t.ok(await hasRecord("read"));
  t.notOk(await hasRecord("write"), "a user that only reads is never asked for more");
  const writing = await connect(user, "write");
  const { controls } = setup.forgejo;
  t.equal(
    controls.grantOf("alice", applications.read)?.scope,
    "openid read:user read:repository read:issue read:organization read:notification",
  );
  t.match(controls.grantOf("alice", applications.write)?.scope, /write:issue/);

  t.same(await use(await forgejoToken(reading.accessToken)), { read: 200, write: 403 });
  t.same(await use(await forgejoToken(writing.accessToken)), { read: 200, write: 201 });
});

t.test("keeps the tokens of both applications through concurrent logins and refreshes", async (t) => {
  const { clock, advance } = shiftedClock();
  const { setup, origin, connect, forgejoToken, another, applications } = await serveTwoApplications(
    t,
    clock,
  );
  const other = await another();
  setup.forgejo.controls.setCounterRaceWindowMs(20);
  const levels = ["read", "write", "read", "write", "read", "write"] as const;
  const clients = await Promise.all(
    levels.map(async (level) => Object.assign(await connect(setup.user(), level), { level })),
  );
  const kindOf = (token: string) => {
    const { gnt } = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as { gnt: number };
    const level = (["read", "write"] as const).find(
      (one) => setup.forgejo.controls.grantOf("alice", applications[one])?.id === gnt,
    );
    return level;
  };

  for (let round = 0; round < 3; round += 1) {
    // Past half the life of Forgejo's tokens, so that each is refreshed.
    advance(2000);
    const before = setup.forgejo.controls.counts.refreshes;
    await Promise.all(
      clients.map(async (client, index) => {
        const server = index % 2 === 0 ? origin : other;
        t.equal(kindOf(await forgejoToken(client.accessToken, server)), client.level);
      }),
    );
    t.equal(setup.forgejo.controls.counts.refreshes - before, 2, "one refresh for each application");
  }
  for (const client of clients)
    t.equal((await refresh(other, client, client.refreshToken)).status, 200, client.level);
  t.equal(setup.forgejo.controls.counts.rejectedRefreshes, 0);
});

t.test("deletes the tokens of an application with the last grant that rests on them", async (t) => {
  const { setup, origin, connect, upstream, hasRecord } = await serveTwoApplications(t);
  const user = setup.user();
  const [first, second] = [await connect(user, "read"), await connect(user, "read")];
  const writing = await connect(user, "write");
  await revoke(origin, first, first.refreshToken);
  t.ok(await hasRecord("read"));
  await revoke(origin, second, second.refreshToken);
  t.notOk(await hasRecord("read"));
  t.equal((await upstream(writing.accessToken)).status, "ok");
  await revoke(origin, writing, writing.refreshToken);
  t.notOk(await hasRecord("write"));
});

t.test("ends the grants of the application that the user revoked at Forgejo, and no others", async (t) => {
  const { setup, origin, connect, check, grantOf, hasRecord, applications } = await serveTwoApplications(t);
  const user = setup.user();
  for (const [dead, living] of [
    ["read", "write"],
    ["write", "read"],
  ] as const) {
    const ended = await connect(user, dead);
    const kept = await connect(user, living);
    setup.forgejo.controls.revokeGrant("alice", applications[dead]);
    t.equal(await check(await grantOf(ended.accessToken)), "revoked");
    t.match(await refresh(origin, ended, ended.refreshToken), invalidGrant);
    t.notOk(await hasRecord(dead));
    t.equal(await check(await grantOf(kept.accessToken)), "ok");
    t.equal((await refresh(origin, kept, kept.refreshToken)).status, 200);
    await revoke(origin, kept, kept.refreshToken);
  }
});

t.test("a check for one grant notices what Forgejo has ended for the account's others", async (t) => {
  const { setup, origin, connect, check, grantOf, hasRecord, applications } = await serveTwoApplications(t);
  const user = setup.user();
  const reading = await connect(user, "read");
  const writing = await connect(user, "write");
  setup.forgejo.controls.revokeGrant("alice", applications.read);
  t.equal(await check(await grantOf(writing.accessToken)), "ok");
  await waitUntil("the other record is gone", async () => !(await hasRecord("read")));
  t.match(await refresh(origin, reading, reading.refreshToken), invalidGrant);
});

t.test("what Forgejo says of the account holds for both applications", async (t) => {
  const { setup, connect, check, grantOf, upstream } = await serveTwoApplications(t);
  const user = setup.user();
  const clients = [await connect(user, "read"), await connect(user, "write")];
  const grants = await Promise.all(clients.map(({ accessToken }) => grantOf(accessToken)));
  setup.forgejo.controls.prohibit("alice", true);
  t.same(await Promise.all(grants.map((grant) => check(grant))), ["suspended", "suspended"]);
  setup.forgejo.controls.prohibit("alice", false);
  t.same(await Promise.all(grants.map((grant) => check(grant))), ["ok", "ok"]);
  for (const { accessToken } of clients) t.equal((await upstream(accessToken)).status, "ok");
});

t.test("a deleted application is ours to mend: its grants wait, the others work", async (t) => {
  const { setup, connect, userCheck, grantOf, upstream, applications } = await serveTwoApplications(t);
  const user = setup.user();
  const reading = await connect(user, "read");
  const writing = await connect(user, "write");
  setup.forgejo.controls.deleteApp(applications.read);
  const grants = { read: await grantOf(reading.accessToken), write: await grantOf(writing.accessToken) };
  t.same(await userCheck(grants.read), { status: "misconfigured" });
  t.same(await userCheck(grants.write), { status: "ok", misconfigured: [grants.read] });
  t.equal((await upstream(writing.accessToken)).status, "ok");
  t.ok(await setup.admin.exists(`grant:${await grantOf(reading.accessToken)}`), "nothing has ended");
});

t.test("retires the workers of the grants whose tokens a login has replaced", async (t) => {
  const { setup, connect, grantOf, applications } = await serveTwoApplications(t);
  const retired: RetireWorkersRequest[] = [];
  const control = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url === "/workers/retire") retired.push(retireWorkersRequest.parse(JSON.parse(body)));
    response.end('{"workers":0,"status":"dropped"}');
  });
  await listenUnix(control, join(setup.directory, "control.sock"));
  t.teardown(() => control.close());
  const user = setup.user();
  const reading = await connect(user, "read");
  await connect(user, "write");
  t.same(retired, []);
  setup.forgejo.controls.revokeGrant("alice", applications.read);
  await connect(user, "read");
  const grant = await grantOf(reading.accessToken);
  t.same(retired, [{ accountId: "1", grantIds: [grant] }]);
});

t.test("a grant that is narrowed to reading keeps its tokens", async (t) => {
  const { setup, connect, grantOf, forgejoToken, use, hasRecord } = await serveTwoApplications(t);
  const writing = await connect(setup.user(), "write");
  const grant = await grantOf(writing.accessToken);
  const user = setup.user();
  let page = await user.visit(`${setup.issuer}/connections`);
  page = await page.submit({ button: "Sign in with Forgejo" });
  page = await page.submit({ fields: { user_name: "alice", password: "alice-password" } });
  page = await page.submit({ button: { name: "granted", value: "true" } });
  page = await user.visit(`${setup.issuer}/connections/grants/${grant}`);
  await page.submit({ button: { name: "action", value: "narrow" }, fields: { access: "read" } });
  t.match(JSON.parse((await setup.admin.get(`grant:${grant}`))!), { scope: "forgejo:read" });
  const { write } = await use(await forgejoToken(writing.accessToken));
  t.equal(write, 201, "Forgejo would allow more: the tool policy does not");
  t.ok(await hasRecord("read"), "the sign-in to the page asks Forgejo for reading alone");
});
