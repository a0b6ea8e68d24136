import type { Container } from "./container.ts";
import { caFile } from "./public-name.ts";

const program = `
const [url, init] = process.argv.slice(1);
const response = await fetch(url, JSON.parse(init));
console.log(JSON.stringify({ status: response.status, text: await response.text() }));
`;

interface FetchOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request from inside the container, which trusts Caddy's internal CA. */
export async function containerFetch(
  container: Container,
  url: string,
  init: FetchOptions = {},
): Promise<{ status: number; text: string }> {
  const node = ["/usr/bin/env", `NODE_EXTRA_CA_CERTS=${caFile}`, "/usr/lib/fjmcp/node"];
  const output = await container.run([
    ...node,
    "--input-type=module",
    "--eval",
    program,
    url,
    JSON.stringify(init),
  ]);
  return JSON.parse(output) as { status: number; text: string };
}
