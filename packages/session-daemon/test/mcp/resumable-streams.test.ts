import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { sha256Hex } from "@fjmcp/shared/hash";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { HttpStandaloneStream } from "../../src/mcp/standalone-stream.ts";
import { ResumableStreams, resumptionLimits } from "../../src/mcp/resumable-streams.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const session = sha256Hex("session");

function ownerOf(account: string) {
  return {
    accountId: branded<AccountId>().parse(account),
    clientId: branded<ClientId>().parse("client"),
    grantId: branded<GrantId>().parse(account),
  };
}

function response() {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  let written = "";
  const keep = (chunk: Buffer | string) => void (written += chunk.toString());
  Object.assign(res, { write: keep, end: keep });
  return { res, text: () => written };
}

/** A stream that is complete with a response of so many bytes. */
async function completeStream(streams: ResumableStreams, account: string, bytes: number) {
  const owner = ownerOf(account);
  const { res, text } = response();
  const stream = streams.open({ owner, session, idJson: "1" }, "2025-11-25", res);
  stream.response([Buffer.alloc(bytes, "x")]);
  // What is sent in one turn becomes one write.
  await nextTurn();
  const [, id] = /^id: (.*)$/m.exec(text())!;
  return {
    /** It can be resumed from its start. */
    async isKept() {
      const again = response();
      streams.resume(id!, session, owner, again.res);
      await nextTurn();
      return again.text().includes("xxx");
    },
  };
}

/** Streams of one account, one after the other. */
async function completeStreams(streams: ResumableStreams, count: number) {
  const complete = [];
  for (let i = 0; i < count; i += 1) complete.push(await completeStream(streams, "mine", 3_000));
  return complete;
}

t.test("an account's streams beyond its limit are evicted, the oldest first", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, bytesPerAccount: 10 * 1024 });
  const other = await completeStream(streams, "other", 3_000);
  const mine = await completeStreams(streams, 5);
  t.same(await Promise.all(mine.map((stream) => stream.isKept())), [false, false, false, true, true]);
  t.ok(await other.isKept());
});

t.test("a call that still runs can be resumed, however much its account has received since", async (t) => {
  for (const limits of [{ bytesPerAccount: 10 * 1024 }, { totalBytes: 10 * 1024 }]) {
    const streams = new ResumableStreams({ ...resumptionLimits, ...limits });
    const owner = ownerOf("mine");
    const { res, text } = response();
    const running = streams.open({ owner, session, idJson: "1" }, "2025-11-25", res);
    running.notification(Buffer.alloc(2_000, "y"));
    await nextTurn();
    const [, id] = /^id: (.*)$/m.exec(text())!;
    const complete = await completeStreams(streams, 5);
    const again = response();
    t.ok(streams.resume(id!, session, owner, again.res));
    running.response([Buffer.from("zzz")]);
    await nextTurn();
    t.match(again.text(), "zzz");
    t.notMatch(again.text(), /yyy|was lost/);
    t.ok(await complete.at(-1)!.isKept());
  }
});

t.test("calls that run are bounded by the limit of an account, too", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, bytesPerAccount: 10 * 1024 });
  const ids = [];
  for (let i = 0; i < 12; i += 1) {
    const { res, text } = response();
    streams.open({ owner: ownerOf("mine"), session, idJson: "1" }, "2025-11-25", res);
    await nextTurn();
    ids.push(/^id: (.*)$/m.exec(text())![1]!);
  }
  const lost = [];
  for (const id of ids) {
    const { res, text } = response();
    streams.resume(id, session, ownerOf("mine"), res);
    await nextTurn();
    lost.push(text().includes("was lost"));
  }
  t.strictSame(lost, [true, true, ...Array<boolean>(10).fill(false)]);
});

t.test("256 KiB of a stream and 4 MiB of an account are kept, for five minutes", async (t) => {
  const streams = new ResumableStreams(resumptionLimits);
  const [fits, tooLarge] = [
    await completeStream(streams, "other", 255 * 1024),
    await completeStream(streams, "other", 256 * 1024),
  ];
  t.same([await fits.isKept(), await tooLarge.isKept()], [true, false]);
  const mine = [];
  for (let i = 0; i < 17; i++) mine.push(await completeStream(streams, "mine", 250 * 1024));
  t.same(await Promise.all(mine.map((stream) => stream.isKept())), [false, ...Array<boolean>(16).fill(true)]);
  t.ok(await fits.isKept());
  t.equal(streams.keptMs, 300_000);
});

t.test("beyond the total the account that has the most loses its oldest stream", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, totalBytes: 20 * 1024 });
  const other = await completeStream(streams, "other", 3_000);
  const mine = await completeStreams(streams, 4);
  t.ok(await other.isKept());
  t.ok(await mine.at(-1)!.isKept());
  await completeStream(streams, "third", 3_000);
  t.ok(await other.isKept());
  t.notOk(await mine[0]!.isKept());
});

t.test("a stream is evicted after its time", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, keptMs: 1_000 });
  const stream = await completeStream(streams, "mine", 1_000);
  t.ok(await stream.isKept());
  await sleep(2_500);
  t.notOk(await stream.isKept());
  t.equal(streams.grants().size, 0);
});

t.test(
  "a call that is silent for longer can still be resumed, its earlier events are not kept",
  async (t) => {
    const streams = new ResumableStreams({ ...resumptionLimits, keptMs: 100 });
    const owner = ownerOf("mine");
    const { res, text } = response();
    const stream = streams.open({ owner, session, idJson: "1" }, "2025-11-25", res);
    stream.notification(notification);
    const timers = t.capture(globalThis, "setTimeout", setTimeout);
    const startMs = performance.now();
    await sleep(1_000);
    // A timer that comes a little early is followed by a short one.
    t.ok(timers().length <= (2 * (performance.now() - startMs)) / 100 + 2, "one timer at a time");
    const again = response();
    const [, id] = /^id: (.*)$/m.exec(text())!;
    t.ok(streams.resume(id!, session, owner, again.res));
    stream.response([Buffer.from("xxx")]);
    await nextTurn();
    t.match(again.text(), "xxx");
    t.notMatch(again.text(), notification.toString());
    while (streams.grants().size > 0) await sleep(20);
  },
);

t.test("the response is kept though what was sent in the same turn before it is too large", async (t) => {
  const streams = new ResumableStreams(resumptionLimits);
  const owner = ownerOf("mine");
  const { res, text } = response();
  const stream = streams.open({ owner, session, idJson: "1" }, "2025-11-25", res);
  stream.notification(Buffer.alloc(256 * 1024, "x"));
  stream.notification(notification);
  stream.response([Buffer.from("yyy")]);
  await nextTurn();
  const resumed = async (id: string) => {
    const again = response();
    t.ok(streams.resume(id, session, owner, again.res));
    await nextTurn();
    return [...again.text().matchAll(/^data: (.+)$/gm)].map(([, data]) => data);
  };
  const ids = [...text().matchAll(/^id: (.*)$/gm)].map(([, id]) => id!);
  t.strictSame(await resumed(ids[0]!), [notification.toString(), "yyy"]);
  t.strictSame(await resumed(ids[2]!), ["yyy"]);
});

/** A standalone stream of the account, and whether it has ended for good. */
function standaloneStream(streams: ResumableStreams, account: string) {
  const owner = ownerOf(account);
  const { res, text } = response();
  let hasEnded = false;
  const onEnded = () => (hasEnded = true);
  const stream = new HttpStandaloneStream(owner, session, "2025-11-25", res, { streams, onEnded });
  return { stream, res, text, owner, hasEnded: () => hasEnded };
}
const notification = Buffer.from('{"method":"notifications/message"}');

t.test("a broken standalone stream ends after its time, though messages come", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, keptMs: 300 });
  const { stream, res, hasEnded } = standaloneStream(streams, "mine");
  res.destroy();
  res.emit("close");
  const start = performance.now();
  while (!hasEnded() && performance.now() < start + 10_000) {
    stream.tick();
    stream.send(notification);
    await sleep(20);
  }
  t.ok(hasEnded());
  t.equal(streams.grants().size, 0);
});

t.test("notifications of standalone streams are evicted before responses", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, bytesPerAccount: 20 * 1024 });
  const complete = await completeStream(streams, "mine", 3_000);
  for (let i = 0; i < 20; i += 1) {
    const { stream } = standaloneStream(streams, "mine");
    for (let message = 0; message < 20; message += 1) stream.send(notification);
    await nextTurn();
  }
  t.ok(await complete.isKept());
});

t.test("a client that reads too slowly loses its connection, and no message once it resumes", async (t) => {
  const streams = new ResumableStreams(resumptionLimits);
  const { stream, res, text, owner } = standaloneStream(streams, "mine");
  stream.send(notification);
  await nextTurn();
  Object.defineProperty(res, "writableLength", { value: 2 * 1024 * 1024, configurable: true });
  for (let i = 0; i < 3; i += 1) stream.send(notification);
  await nextTurn();
  t.notOk(stream.isConnected);
  const count = (sent: string) => sent.split("notifications/message").length - 1;
  t.equal(count(text()), 1);
  const id = [...text().matchAll(/^id: (.*)$/gm)].at(-1)![1]!;
  const again = response();
  t.ok(streams.resume(id, session, owner, again.res));
  await nextTurn();
  t.equal(count(again.text()), 3);
});

t.test("a stream that is kept holds its events, and not the HTTP response", async (t) => {
  const streams = new ResumableStreams(resumptionLimits);
  const owner = ownerOf("mine");
  const responses: WeakRef<ServerResponse>[] = [];
  const server = createServer((_, res) => {
    responses.push(new WeakRef(res));
    const stream = streams.open({ owner, session, idJson: "1" }, "2025-11-25", res);
    stream.response([Buffer.from("xxx")]);
  });
  t.teardown(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const get = async () => (await fetch(`http://127.0.0.1:${port}`)).text();
  const [, id] = /^id: (.*)$/m.exec(await get())!;
  for (let i = 0; i < 20; i += 1) await get();
  server.closeAllConnections();
  await waitUntil("the responses are collected", () => {
    collectGarbage();
    // Node may hold the last one for a while.
    return responses.slice(0, 20).every((ref) => ref.deref() === undefined);
  });
  const again = response();
  streams.resume(id!, session, owner, again.res);
  await nextTurn();
  t.match(again.text(), /xxx/);
});
