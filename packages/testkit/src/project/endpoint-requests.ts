import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { projectRoot } from "../process/project-root.ts";

/** A method and the path of an endpoint. */
type Endpoint = readonly [method: string, path: string];

/** A request to an endpoint of a private socket; a GET has its query, a POST its body. */
export interface EndpointRequest {
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

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("", "%", "\u0000", "__proto__", "1", "alice", "fjmcp-personal-token", "/../", "null", "-1"),
);

const merged = (parts: object[]): object => Object.assign({}, ...parts) as object;

/**
 * What the endpoint accepts, as it is or with members replaced, left out or added; or something else. `known` are values
 * that the server knows.
 */
export function requestTo(
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
