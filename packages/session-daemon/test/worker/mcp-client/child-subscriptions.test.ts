import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { ListenStreams } from "../../../src/worker/child/listen-streams.ts";
import { ChildSubscriptions } from "../../../src/worker/mcp-client/child-subscriptions.ts";

const subscriptionId = "io.modelcontextprotocol/subscriptionId";

interface Listen {
  readonly id: string;
  readonly uris: readonly string[];
}

/** The subscriptions of a child that does `onListen` for each stream that is requested of it. */
function childThat(onListen: (streams: ListenStreams, listen: Listen) => void) {
  const listens: Listen[] = [];
  const wanted = new Set<string>();
  const streams: ListenStreams = new ListenStreams(
    (line) => {
      const { id, method, params } = JSON.parse(line) as {
        id: string;
        method: string;
        params: { notifications: { resourceSubscriptions?: string[] } };
      };
      if (method !== "subscriptions/listen") return;
      const listen = { id, uris: params.notifications.resourceSubscriptions ?? [] };
      listens.push(listen);
      setImmediate(() => onListen(streams, listen));
    },
    10_000,
    () => undefined,
  );
  const capabilities = { resources: { subscribe: true } };
  const subscriptions = new ChildSubscriptions(streams, capabilities, () => wanted);
  return { streams, subscriptions, wanted, listens };
}

function acknowledge(streams: ListenStreams, { id, uris }: Listen): void {
  const params = { _meta: { [subscriptionId]: id }, notifications: { resourceSubscriptions: uris } };
  streams.handle({ method: "notifications/subscriptions/acknowledged", params });
}

function reject(streams: ListenStreams, { id }: Listen): void {
  streams.handleEnd(id, '{"code":-32602,"message":"no such resource"}');
}

t.test("a child that ends each stream at once gets one request a second", async (t) => {
  const { subscriptions, wanted, listens } = childThat((streams, listen) => {
    acknowledge(streams, listen);
    setImmediate(() => streams.handleEnd(listen.id, undefined));
  });
  for (let i = 0; i < 20; i += 1) {
    wanted.add(`stub://${i}`);
    await subscriptions.update();
    await sleep(5);
  }
  const before = listens.length;
  await sleep(3_000);
  t.ok(listens.length > before, "it is asked again");
  t.ok(listens.length - before <= 4, `${listens.length - before} requests`);
});

t.test(
  "what the child has rejected is requested again only for a client that subscribes to it",
  async (t) => {
    let isFound = false;
    const { subscriptions, wanted, listens } = childThat((streams, listen) => {
      if (listen.uris.includes("gone") && !isFound) reject(streams, listen);
      else acknowledge(streams, listen);
    });
    for (const uri of ["a", "gone", "b"]) wanted.add(uri);
    const rejected = await subscriptions.update();
    t.match(rejected.get("gone"), { code: -32602 });
    t.equal(rejected.size, 1);
    t.strictSame(listens.at(-1)?.uris, ["a", "b"]);
    const before = listens.length;
    wanted.add("c");
    t.match((await subscriptions.update("c")).get("gone"), { code: -32602 });
    t.strictSame(
      listens.slice(before).map(({ uris }) => uris),
      [["a", "b", "c"]],
    );
    isFound = true;
    t.equal((await subscriptions.update("gone")).size, 0);
    t.strictSame(listens.at(-1)?.uris.toSorted(), ["a", "b", "c", "gone"]);
  },
);

t.test("a stream that the child ends while it rejects the next one is opened again", async (t) => {
  const { streams, subscriptions, wanted, listens } = childThat((streams, listen) => {
    if (listen.uris.includes("gone")) {
      streams.handleEnd("listen-1", undefined);
      reject(streams, listen);
    } else acknowledge(streams, listen);
  });
  wanted.add("a");
  await subscriptions.update("a");
  wanted.add("gone");
  t.ok((await subscriptions.update("gone")).has("gone"));
  await waitUntil("the first resource should be subscribed to", () => listens.at(-1)?.uris.join() === "a");
  t.ok(listens.length > 2);
  streams.end(new Error("end") as never);
});

t.test(
  "a resource that is not acknowledged fails alone, without those that are added meanwhile",
  async (t) => {
    const { subscriptions, wanted, listens } = childThat((streams, listen) => {
      if (listen.uris.includes("slow")) setTimeout(() => reject(streams, listen), 100);
      else acknowledge(streams, listen);
    });
    wanted.add("slow");
    const slow = subscriptions.update("slow").then((rejected) => {
      wanted.delete("slow");
      return rejected;
    });
    wanted.add("good");
    const good = await subscriptions.update("good");
    t.ok((await slow).has("slow"));
    t.equal(good.size, 0);
    t.strictSame(
      listens.map(({ uris }) => uris),
      [["slow"], ["good"]],
    );
  },
);
