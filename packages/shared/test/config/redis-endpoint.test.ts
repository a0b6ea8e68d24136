import t from "tap";
import { Secret } from "../../src/config/secret.ts";
import { redisAddress, redisEndpoint } from "../../src/config/redis-endpoint.ts";

const credentials = { username: "u", password: new Secret("p") };
const endpoint = (address: string) => redisEndpoint(address, credentials).address;

t.strictSame(endpoint("unix:/run/redis/redis.sock"), { path: "/run/redis/redis.sock" });
t.strictSame(endpoint("redis://127.0.0.1"), { host: "127.0.0.1", port: 6379 });
t.strictSame(endpoint("rediss://redis.example.org:6380"), { host: "redis.example.org", port: 6380, tls: {} });
t.strictSame(endpoint("redis://[::1]:6379"), { host: "::1", port: 6379 });

for (const bad of [
  "redis://user:secret@host",
  "redis://host/0",
  "redis://host:port",
  "redis://host:70000",
  "redis://:6379",
  "redis://host?db=1",
  "redis://host#1",
  "http://host",
  "/run/redis.sock",
  "unix:",
]) {
  t.notOk(redisAddress().safeParse(bad).success, bad);
}

t.test("the path of a unix socket has a limit, which the fault names", async (t) => {
  const longest = `unix:/${"x".repeat(106)}`;
  t.ok(redisAddress().safeParse(longest).success);
  t.match(redisAddress().safeParse(`${longest}x`).error?.issues, [{ message: /107 bytes at most/ }]);
});
