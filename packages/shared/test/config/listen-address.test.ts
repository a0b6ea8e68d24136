import t from "tap";
import { listenAddress } from "../../src/config/listen-address.ts";

t.strictSame(listenAddress().parse("unix:/run/fjmcp/http.sock"), { path: "/run/fjmcp/http.sock" });
t.strictSame(listenAddress().parse("127.0.0.1:8080"), { host: "127.0.0.1", port: 8080 });
t.strictSame(listenAddress().parse("[::1]:8080"), { host: "::1", port: 8080 });
for (const bad of [
  "0.0.0.0:80",
  ":8080",
  "8080",
  "unix:relative",
  "192.168.0.1:80",
  "127.0.0.1:99999",
  "example.org:80",
]) {
  t.notOk(listenAddress().safeParse(bad).success, bad);
}
