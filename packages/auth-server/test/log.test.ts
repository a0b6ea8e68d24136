import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { clientRef } from "@fjmcp/shared/client-ref";
import type { ClientId } from "@fjmcp/shared/ids";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import t from "tap";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import {
  authorizationRequest,
  connect as connectClient,
  postJson,
  redeem,
  refresh,
  authorize,
  register,
} from "./support/client.ts";
import { setUpAuthServer } from "./support/auth-server-setup.ts";

interface Line {
  readonly level: string;
  readonly event?: string;
  readonly count?: number;
  readonly [field: string]: unknown;
}

const setup = await setUpAuthServer(t);
const { origin, process: server } = await setup.spawn();
const text = () => readFileSync(server.logFile, "utf8");
/** Every line; throws when one is not JSON. */
const lines = () =>
  text()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const linesOf = (event: string) => lines().filter((line) => line.event === event);

/** Warnings about the surroundings of this test: its Redis is not persistent, and there is no session-daemon. */
const aboutTheStart = /^(start|peer)\./;

t.test("cleans and bounds what a client says about itself", async (t) => {
  const { clientId } = await register(origin, {
    client_name: `\u009b31mName\u202eX\u2028\n${"y".repeat(150)}`,
    redirect_uris: Array.from({ length: 8 }, (_, i) => `https://${"h".repeat(40)}${i}.example/`),
  });
  const [line] = await waitUntil("it is logged", () => {
    const found = linesOf("client.registered");
    return found.length > 0 && found;
  });
  t.equal(line!.clientRef, clientRef(clientId as ClientId));
  t.match(line!.clientName, /^31mNameX ?y+…$/);
  t.ok((line!.clientName as string).length <= 101);
  t.ok((line!.redirectHosts as string[]).length <= 6);
  t.ok(JSON.stringify(line).length < 1000);
  t.notMatch(text(), clientId);
});

t.test(
  "logs one line at once and then one a second for requests of one kind, with their number",
  async (t) => {
    const requests = 200;
    const startedMs = performance.now();
    for (let sent = 0; sent < requests; sent += 20) {
      await Promise.all(
        Array.from({ length: 20 }, () =>
          postForm(`${origin}/oauth/token`, { grant_type: "refresh_token", client_id: "unknown" }),
        ),
      );
    }
    await postForm(`${origin}/oauth/token`, { grant_type: "password", client_id: "unknown" });
    const rejected = () =>
      linesOf("token_request.rejected").filter(({ error }) => error === "invalid_client");
    const total = () => rejected().reduce((sum, { count }) => sum + count!, 0);
    await waitUntil("all should be counted", async () => total() === requests + 1);
    t.equal(rejected()[0]!.count, 1);
    const seconds = (performance.now() - startedMs) / 1000;
    t.ok(rejected().length < seconds + 10, `${rejected().length} lines in ${seconds} s`);
    for (const { level } of rejected()) t.equal(level, "info", "a fault of a client");
  },
);

t.test("says whose code or token a rejected token request has presented, where that is known", async (t) => {
  const [first, second] = await Promise.all([
    connectClient(origin, setup.user("alice")),
    connectClient(origin, setup.user("bob")),
  ]);
  const other = await register(origin, { client_name: "Another client" });
  const ownerOf = ({ clientId }: { clientId: string }) =>
    linesOf("login.completed").find((line) => line.clientRef === clientRef(clientId as ClientId))!;
  await Promise.all([
    redeem(origin, { ...first.code, verifier: "x".repeat(43) }),
    refresh(origin, other, second.refreshToken),
    refresh(origin, second, "unknown"),
  ]);
  const rejected = (description: string, isIt: (line: Line) => boolean) =>
    waitUntil(`${description} should be logged`, () => linesOf("token_request.rejected").find(isIt) ?? false);
  for (const { accountId, grantId } of [ownerOf(first), ownerOf(second)]) {
    const line = await rejected(`grant ${String(grantId)}`, (one) => one.grantId === grantId);
    t.equal(line.accountId, accountId);
  }
  const unknown = await rejected("the unknown token", ({ detail }) => detail === "refresh token not found");
  t.notOk(unknown.accountId);
  for (const secret of [first.code.code, first.refreshToken, second.refreshToken])
    t.notOk(text().includes(secret));
});

t.test("finds the references of pages that share a line", async (t) => {
  const unknown = { clientId: "unknown", redirectUri: "https://client.example/callback" };
  const references: string[] = [];
  for (let i = 0; i < 5; i += 1) {
    const page = await fetch(authorizationRequest(origin, unknown).url, { headers: { accept: "text/html" } });
    references.push(/[Rr]eference:? *(?:<[^>]*>)? *([A-Z0-9]{10})/.exec(await page.text())![1]!);
  }
  await waitUntil("every reference should be in the log", async () => {
    const log = text();
    return references.every((reference) => log.includes(`"${reference}"`));
  });
  const lines = linesOf("login.failed");
  t.not(lines.length, 0);
  for (const { level } of lines) t.equal(level, "info");
});

/** Sends a head and what follows it, which may be less or more than it announces, and closes the connection. */
async function cutOff(path: string, type: string, body: string, headers = ""): Promise<void> {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${headers}\r\n${body}`);
  await sleep(20);
  socket.resetAndDestroy();
}

t.test("logs no error and no stack when a client cuts its request off", async (t) => {
  const form = "application/x-www-form-urlencoded";
  const user = setup.user();
  const page = await user.visit(authorizationRequest(origin, await register(origin)).url);
  const cookie = await user.cookies.header(page.url, { crossSite: false, method: "POST" });
  for (const length of ["Content-Length: 500\r\n", "Transfer-Encoding: chunked\r\n"]) {
    for (const body of ["", length.startsWith("T") ? "5\r\nabc" : "abc"]) {
      await cutOff("/oauth/token", form, body, length);
      await cutOff("/oauth/revoke", form, body, length);
      await cutOff("/oauth/register", "application/json", body, length);
      await cutOff(page.url.pathname, form, body, `${length}Cookie: ${cookie}\r\n`);
      await cutOff(
        page.url.pathname,
        "multipart/form-data; boundary=x",
        body,
        `${length}Cookie: ${cookie}\r\n`,
      );
    }
  }
  await postForm(`${origin}/oauth/token`, { grant_type: "nonsense", client_id: "unknown" });
  await sleep(300);
  t.same(
    lines().filter(({ level, event }) => level !== "info" && !aboutTheStart.test(event ?? "")),
    [],
  );
});

t.test("logs no error and no stack when a connection carries what is no HTTP", async (t) => {
  const client = await register(origin);
  const form = "application/x-www-form-urlencoded";
  const requests: [path: string, type: string, body: string][] = [
    ["/oauth/token", form, "grant_type=refresh_token&refresh_token=x"],
    ["/oauth/revoke", form, `token=x&client_id=${client.clientId}`],
    ["/oauth/register", "application/json", JSON.stringify({ redirect_uris: ["https://client.example/cb"] })],
    ["/device", form, "user_code=x"],
  ];
  for (const [path, type, body] of requests) {
    const length = `Content-Length: ${body.length}\r\n`;
    await cutOff(path, type, `${body}no HTTP\r\n\r\n`, length);
    await cutOff(path, type, body, `Content-Length: ${body.length - 1}\r\n`);
    await cutOff(path, type, `${body}GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}`, length);
    const chunked = "Transfer-Encoding: chunked\r\n";
    await cutOff(path, type, `${body.length.toString(16)};${"x".repeat(20_000)}\r\n`, chunked);
    await cutOff(path, type, "5\r\nhello\r\nz\r\n", chunked);
  }
  await postForm(`${origin}/oauth/token`, { grant_type: "nonsense", client_id: "unknown" });
  await sleep(1200);
  t.same(
    lines().filter(({ level, event }) => level !== "info" && !aboutTheStart.test(event ?? "")),
    [],
  );
});

t.test("logs faults of clients at the level info", async (t) => {
  const client = await register(origin);
  const code = await authorize(origin, client, setup.user());
  await redeem(origin, code);
  await redeem(origin, code);
  await postJson(`${origin}/oauth/register`, { redirect_uris: ["javascript:alert(1)"] });
  await postJson(`${origin}/oauth/register`, "x");
  await postForm(`${origin}/oauth/revoke`, { token: "x", client_id: "unknown" });
  await fetch(`${origin}/oauth/callback?state=x&code=y`);
  await fetch(`${origin}/oauth/interaction/x`);
  await fetch(authorizationRequest(origin, client, { response_type: "token" }).url, { redirect: "manual" });
  await waitUntil("the double submit should be logged", async () => linesOf("code.replayed").length === 1);
  t.ok(linesOf("registration.rejected").length > 0);
  t.same(
    lines().filter(({ level, event }) => level !== "info" && !aboutTheStart.test(event ?? "")),
    [],
  );
});
