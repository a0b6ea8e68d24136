import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { controlPaths } from "@fjmcp/shared/ipc/control";
import { startRedisProxy } from "@fjmcp/testkit/redis/redis-proxy";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import { authorizationRequest, connect, redeem, redirectUri, register, revoke } from "./support/client.ts";
import { openConnection, signIn } from "./support/connections.ts";
import { poll, startDevice, typeCode } from "./support/device.ts";

type Tap = Pick<typeof t, "match" | "equal">;

const setup = await setUpAuthServer(t);
const proxy = await startRedisProxy(t, setup.redis.socketPath);
const origin = await setup.serve({ more: { FJMCP_REDIS: `unix:${proxy.socketPath}` } });
const client = await register(origin);
const notifications: unknown[] = [];
const control = createServer(async (req, res) => {
  if (req.url === controlPaths.end || req.url === controlPaths.policyChanged)
    notifications.push(await json(req));
  res.end('{"workers":1,"streams":1,"sessions":0}');
});
await listenUnix(control, join(setup.directory, "control.sock"));
t.teardown(() => control.close());

const atCallback = (url: URL) => url.pathname === "/oauth/callback";
const grants = () => setup.admin.keys("grant:*");

t.beforeEach(async () => {
  await setup.admin.flushall();
  notifications.length = 0;
});

/** Runs `action` while the connection to Redis breaks at the first matching command, and is back soon after. */
async function interrupted<T>(command: RegExp, passOn: boolean, action: () => Promise<T>): Promise<T> {
  const broken = proxy.breakAt(command, { passOn });
  const done = action();
  await broken;
  await sleep(100);
  proxy.restore();
  return done;
}

/** A test for the loss of a command, and one for the loss of its reply. */
function whenLost(
  title: string,
  command: RegExp,
  act: (t: Tap, lost: <T>(action: () => Promise<T>) => Promise<T>) => Promise<void>,
) {
  for (const passOn of [false, true]) {
    t.test(`${title}: the loss of ${passOn ? "a reply" : "a command"}`, (t) =>
      act(t, (action) => interrupted(command, passOn, action)),
    );
  }
}

const loginSteps = {
  "the look at its state": /mget[^]*login-state:/,
  "the lock of its exchange": /token-request-lock:/,
  "its Forgejo tokens": /evalsha[^]*upstream:/,
  "its claim": /login-outcome:[0-9a-f]{64}\r\n\$\d+\r\nclaimed-by:/,
  "its grant": /evalsha[^]*\r\ngrant:/,
  "its decision": /interaction:[^]*decided/,
  "its outcome": /login-outcome:[0-9a-f]{64}\r\n\$\d+\r\n(?!claimed-by:)/,
  "the look at its grant": /get\r\n\$\d+\r\ngrant:/,
  "its code": /evalsha[^]*token:code:/,
};

for (const [step, command] of Object.entries(loginSteps)) {
  whenLost(`a login goes on after ${step}`, command, async (t, lost) => {
    const user = setup.user();
    const { url, verifier } = authorizationRequest(origin, client);
    const back = await user.signInAndAllow(url, { stopAt: atCallback });
    const end = await lost(() => user.visit(back, { stopAt: redirectUri }));
    const code = end.externalRedirect?.searchParams.get("code") ?? "";
    t.equal((await redeem(origin, { ...client, code, verifier })).status, 200, end.describe());
    t.equal((await grants()).length, 1);
  });
}

const deviceSteps = {
  "its decision": /evalsha[^]*device-code:/,
  "that of its page": /interaction:[^]*decided/,
};

for (const [step, command] of Object.entries(deviceSteps)) {
  whenLost(`the page of a device says that it is connected after ${step}`, command, async (t, lost) => {
    const user = setup.user();
    const device = await startDevice(origin);
    const consent = await typeCode(origin, user, device.userCode);
    const back = await user.signInAndAllow(consent.url, { stopAt: atCallback });
    t.match((await lost(() => user.visit(back))).text, /is connected|Connected/);
    t.equal((await poll(origin, device)).status, 200);
    t.equal((await grants()).length, 1);
  });
}

const tokenSteps = {
  "its form": /connections-form:/,
  "its grant": /evalsha[^]*\r\ngrant:/,
  "its record": /evalsha[^]*token:access:/,
};

for (const [step, command] of Object.entries(tokenSteps)) {
  whenLost(`a personal token is shown after ${step}`, command, async (t, lost) => {
    const user = setup.user();
    await connect(origin, user, client);
    await signIn(setup, user);
    const form = await user.visit(`${origin}/connections/new-token`);
    const fields = { name: "ci", access: "read" };
    const page = await lost(() => form.submit({ button: "Create the token", fields }));
    t.match(page, { status: 200, text: /fjmcp_/ }, page.describe());
    t.equal((await grants()).length, 2);
  });
}

whenLost("the session-daemon is notified of a revocation", /evalsha[^]*revoked-grant:/, async (t, lost) => {
  const connected = await connect(origin, setup.user(), client);
  t.equal((await lost(() => revoke(origin, client, connected.accessToken))).status, 200);
  t.match(notifications, [{ by: "grant" }]);
  t.equal(notifications.length, 1);
});

whenLost("a disconnected connection has ended", /evalsha[^]*revoked-grant:/, async (t, lost) => {
  const user = setup.user();
  await connect(origin, user, client);
  await signIn(setup, user);
  const page = await openConnection(setup, user);
  t.match((await lost(() => page.submit({ button: "Disconnect" }))).text, "Disconnected.");
  t.match(notifications, [{ by: "grant" }]);
  t.equal(notifications.length, 1);
});

whenLost(
  "the session-daemon is notified of a narrowing",
  /evalsha[^]*grant-access-tokens:/,
  async (t, lost) => {
    const user = setup.user();
    await connect(origin, user, client);
    await signIn(setup, user);
    const page = await openConnection(setup, user);
    const saved = await lost(() => page.submit({ button: "Save", fields: { access: "read" } }));
    t.match(saved.text, "It may do less from now on");
    t.equal(notifications.length, 1);
  },
);

for (const { step, passOn } of [
  { step: "its claim", passOn: true },
  { step: "its grant", passOn: false },
  { step: "its outcome", passOn: false },
] as const) {
  t.test(`a reload soon after a longer outage at ${step} finishes the login`, async (t) => {
    const user = setup.user();
    const { url } = authorizationRequest(origin, client);
    const back = await user.signInAndAllow(url, { stopAt: atCallback });
    const broken = proxy.breakAt(loginSteps[step], { passOn });
    const failing = user.visit(back, { stopAt: redirectUri });
    await broken;
    t.equal((await failing).status, 503);
    proxy.restore();
    // Long before the claim would expire.
    const isReleased = async () => (await setup.admin.keys("login-outcome:*")).length === 0;
    await waitUntil("the claim is released", isReleased, { timeoutMs: 30_000 });
    const end = await user.visit(back, { stopAt: redirectUri });
    t.ok(end.externalRedirect?.searchParams.get("code"), end.describe());
  });
}
