import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the range in which Linux assigns ports to connections and to `listen(0)`; no browser blocks one of these. */
const lowest = 11_000;
const beyond = 32_000;

/** The files that tap runs at once, each a job with a number, pick from different ports. */
const jobs = 4;
const job = Number(process.env.TAP_JOB_ID ?? 0) % jobs;
const picked = new Set<number>();

/** A TCP port of 127.0.0.1 that was free a moment ago, and that no other pick of this run gets before it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest / jobs, beyond / jobs) * jobs + job;
    if (picked.has(port)) continue;
    picked.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
