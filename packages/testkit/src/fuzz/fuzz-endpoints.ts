import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { request } from "../mcp-client/http-client.ts";
import { projectRoot } from "../process/project-root.ts";

/** A method and the path of an endpoint. */
type Endpoint = readonly [method: string, path: string];

/** A request to an endpoint of a private socket; a GET has its query, a POST its body. */
interface EndpointRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

/** The endpoints of a socket, as the reference lists them under this heading. */
export function endpointsOf(heading: string): Endpoint[] {
  const document = readFileSync(join(projectRoot, "docs/reference/endpoints.md"), "utf8");
  const section = document.split(`\n## ${heading}`)[1]!.split("\n## ")[0]!;
  return [...section.matchAll(/^\| `([^`]+)` *\| (GET|POST) /gm)].map(([, path, method]) => [method!, path!]);
}

export interface FuzzOptions {
  readonly endpoints: readonly Endpoint[];
  /** By path, a request that the endpoint accepts; those without one need nothing. */
  readonly accepted: Readonly<Record<string, object>>;
  /** Values that the server knows. */
  readonly known: readonly unknown[];
  /** The same seed makes the same choices in every run. */
  readonly seed: number;
}

/**
 * Sends 500 arbitrary requests, one after the other, to the endpoints of a private socket. Gives the paths that accepted
 * one, sorted, and how many were rejected. Throws if a status is neither 200 nor 400, with the smallest request found
 * that has such a status.
 */
export async function fuzzEndpoints(
  socketPath: string,
  { endpoints, accepted, known, seed }: FuzzOptions,
): Promise<{ reached: string[]; rejected: number }> {
  const reached = new Set<string>();
  let rejected = 0;
  const requests = endpoints.map((one) => requestTo(one, accepted[one[1]] ?? {}, known));
  await fc.assert(
    fc.asyncProperty(fc.oneof(...requests), async ({ method, path, query, body }) => {
      const headers = { "content-type": "application/json" };
      const how = method === "POST" ? { path, headers, body } : { path: `${path}?${query}` };
      const { status } = await request({ socketPath }, { method, ...how });
      if (status === 200) reached.add(path);
      else rejected += 1;
      return status === 200 || status === 400;
    }),
    { seed, numRuns: 500 },
  );
  return { reached: [...reached].toSorted(), rejected };
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("", "%", "\u0000", "__proto__", "1", "alice", "fjmcp-personal-token", "/../", "null", "-1"),
);

const merged = (parts: object[]): object => Object.assign({}, ...parts) as object;

/** What the endpoint accepts, as it is or with members replaced, left out or added; or something else. */
function requestTo(
  [method, path]: Endpoint,
  accepted: object,
  known: readonly unknown[],
): fc.Arbitrary<EndpointRequest> {
  const value = fc.oneof(text, fc.jsonValue(), fc.constantFrom(...known, 0, -1, 1e308, null, [], true));
  const own = Object.keys(accepted);
  const added = fc.dictionary(fc.constantFrom(...own, "accountId", "limit", "after"), value, { maxKeys: 2 });
  const kept = fc.subarray(Object.entries(accepted)).map((entries) => Object.fromEntries(entries));
  const sent = fc.oneof(
    { weight: 2, arbitrary: fc.constant(accepted) },
    { weight: 3, arbitrary: fc.tuple(kept, added).map(merged) },
    // One member alone is different.
    ...(own.length > 0
      ? [
          {
            weight: 3,
            arbitrary: fc
              .tuple(fc.constantFrom(...own), value)
              .map(([name, other]) => merged([accepted, { [name]: other }])),
          },
        ]
      : []),
  );
  const body = fc.oneof(
    { weight: 6, arbitrary: sent.map((object) => JSON.stringify(object)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: text },
  );
  const query = sent.map((object) =>
    new URLSearchParams(
      Object.entries(object).map(([name, item]): [string, string] => [name, String(item).toWellFormed()]),
    ).toString(),
  );
  return fc.record({ method: fc.constant(method), path: fc.constant(path), query, body });
}
