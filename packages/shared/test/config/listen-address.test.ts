import t from "tap";
import { listenAddress, loopbackAddress } from "../../src/config/listen-address.ts";

t.test("a loopback port is accepted, and nothing else", async (t) => {
  const schema = loopbackAddress();
  t.same(schema.parse("127.0.0.1:9464"), { host: "127.0.0.1", port: 9464 });
  t.same(schema.parse("127.1.2.3:1"), { host: "127.1.2.3", port: 1 });
  t.same(schema.parse("[::1]:9464"), { host: "::1", port: 9464 });
  t.same(schema.parse("localhost:9464"), { host: "localhost", port: 9464 });
  for (const text of [
    "",
    "9464",
    ":9464",
    "0.0.0.0:9464",
    "[::]:9464",
    "*:9464",
    "192.168.1.1:9464",
    "127.0.0.1",
    "127.0.0.1:70000",
    "127.0.0.999:9464",
    "127.0.0.1.example.org:9464",
    "[::ffff:127.0.0.1]:9464",
    "unix:/run/metrics.sock",
  ])
    t.match(schema.safeParse(text).error?.issues[0]?.message, /must be a port of a loopback address/, text);
});

t.test("a server listens on a unix socket or a loopback port", async (t) => {
  t.same(listenAddress().parse("unix:/run/http.sock"), { path: "/run/http.sock" });
  t.same(listenAddress().parse("127.0.0.1:8080"), { host: "127.0.0.1", port: 8080 });
  t.notOk(listenAddress().safeParse("unix:relative").success);
  t.notOk(listenAddress().safeParse("0.0.0.0:8080").success);
});
