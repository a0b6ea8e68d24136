import { once } from "node:events";
import { get } from "node:http";
import t from "tap";
import { fetchFailure } from "../../src/net/fetch-failure.ts";

/** Nothing listens on this port. */
const closedPort = 1;

t.test("names the reason of a host with one address", async (t) => {
  const error: unknown = await fetch(`http://127.0.0.1:${closedPort}`).catch((thrown: unknown) => thrown);
  t.match(fetchFailure(error), /bad port|ECONNREFUSED/);
});

t.test("names the reason of the first address of a host with several", async (t) => {
  const request = get({
    host: "two.example",
    port: closedPort,
    lookup: (_host, _options, found) =>
      found(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "::1", family: 6 },
      ]),
  });
  const [error] = (await once(request, "error").catch((thrown: unknown) => [thrown])) as [Error];
  t.type(error, AggregateError);
  const reason = `connect ECONNREFUSED 127.0.0.1:${closedPort}`;
  t.equal(fetchFailure(error), reason);
  t.equal(fetchFailure(new TypeError("fetch failed", { cause: error })), reason);
});

t.test("names what is no error, too", (t) => {
  t.equal(fetchFailure("aborted"), "aborted");
  t.end();
});
