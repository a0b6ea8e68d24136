import t from "tap";
import { rateLimits } from "../../src/rate-limit/rate-limiter.ts";
import { createRateLimiter } from "../../src/redis/rate-limiter.ts";
import { privateRedis, unrestricted } from "../support/upstream-setup.ts";

const redis = await privateRedis(t);
const client = unrestricted(t, redis);
const failures: string[] = [];
const limiter = createRateLimiter(client, {
  rateLimiterUnavailable: ({ detail }) => void failures.push(detail),
});
await client.ping();

t.test("limits requests also while the process is too busy to read a reply", async (t) => {
  await client.set("request-rate:personalToken:1", rateLimits.personalToken, "EX", 60);
  const waitSec = limiter.consume("personalToken", "1");
  const end = performance.now() + 400;
  while (performance.now() < end);
  t.ok(Number(await waitSec) >= 1, "limited");
  t.same(failures, []);
});

t.test("does not limit a request to which Redis does not reply", { timeout: 20_000 }, async (t) => {
  await redis.kill("SIGSTOP");
  t.teardown(() => redis.kill("SIGCONT"));
  t.equal(await limiter.consume("personalToken", "2"), undefined);
  t.same(failures, ["Redis did not reply in time"]);
});
