import { execFile } from "node:child_process";
import { promisify } from "node:util";
import t from "tap";

const run = promisify(execFile);
const picks = 600;
const source = `
  import { freePort } from ${JSON.stringify(import.meta.resolve("@fjmcp/testkit/process/free-port"))};
  console.log(JSON.stringify(await Promise.all(Array.from({ length: ${picks} }, () => freePort()))));
`;

/** What a test file picks that is the tap job of this number. */
async function portsOf(job: number): Promise<number[]> {
  const env = { ...process.env, TAP_JOB_ID: String(job) };
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", source], { env });
  return JSON.parse(stdout) as number[];
}

t.test("picks no port twice, in one test file or in two that run at once", async (t) => {
  const ports = [...(await portsOf(0)), ...(await portsOf(1))];
  t.equal(ports.length, 2 * picks);
  t.equal(new Set(ports).size, 2 * picks);
  t.ok(ports.every((port) => port >= 11_000 && port < 32_000));
});
