import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { ResumableStreams, resumptionLimits } from "../../src/mcp/resumable-streams.ts";

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
  res.write = ((chunk: Buffer | string) => ((written += chunk.toString()), true)) as typeof res.write;
  return { res, text: () => written };
}

/** A stream that is complete with a response of so many bytes; `replay` resumes it from its start. */
function completeStream(streams: ResumableStreams, account: string, bytes: number) {
  const owner = ownerOf(account);
  const { res, text } = response();
  const stream = streams.open({ owner, session, idJson: "1" }, "2025-11-25", res);
  stream.response([Buffer.alloc(bytes, "x")]);
  const [, id] = /^id: (.*)$/m.exec(text())!;
  return {
    isKept() {
      const again = response();
      streams.resume(id!, session, owner, again.res);
      return again.text().includes("xxx");
    },
  };
}

t.test("an account's streams beyond its limit are evicted, the oldest first", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, bytesPerAccount: 10 * 1024 });
  const other = completeStream(streams, "other", 3_000);
  const mine = Array.from({ length: 5 }, () => completeStream(streams, "mine", 3_000));
  t.same(
    mine.map((stream) => stream.isKept()),
    [false, false, false, true, true],
  );
  t.ok(other.isKept());
});

t.test("beyond the total the account that has the most loses its oldest stream", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, totalBytes: 20 * 1024 });
  const other = completeStream(streams, "other", 3_000);
  const mine = Array.from({ length: 4 }, () => completeStream(streams, "mine", 3_000));
  t.ok(other.isKept());
  t.ok(mine.at(-1)!.isKept());
  completeStream(streams, "third", 3_000);
  t.ok(other.isKept());
  t.notOk(mine[0]!.isKept());
});

t.test("a stream is evicted after its time", async (t) => {
  const streams = new ResumableStreams({ ...resumptionLimits, keptMs: 1_000 });
  const stream = completeStream(streams, "mine", 1_000);
  t.ok(stream.isKept());
  await sleep(2_500);
  t.notOk(stream.isKept());
  t.equal(streams.grants().size, 0);
});
