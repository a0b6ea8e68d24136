import t from "tap";
import { issuerUrl } from "../../src/config/issuer.ts";
import { isLoopbackHost } from "../../src/net/loopback.ts";

t.test("accepts https origins and http loopback origins unchanged", async (t) => {
  for (const good of [
    "https://mcp.example.org",
    "https://mcp.example.org:8443",
    "http://127.0.0.1:8080",
    "http://localhost:80801".slice(0, -1),
    "http://[::1]:3000",
    "https://[2001:db8::1]",
    "https://xn--bcher-kva.example",
  ]) {
    t.equal(issuerUrl().parse(good), good);
  }
});

t.test("rejects everything else", async (t) => {
  const bad = [
    "mcp.example.org",
    "http://mcp.example.org",
    "http://127.0.0.1.example.org",
    "https://mcp.example.org/",
    "https://mcp.example.org/mcp",
    "https://mcp.example.org?x=1",
    "https://user@mcp.example.org",
    "https://MCP.example.org",
    "ftp://mcp.example.org",
    "https://*.example.org",
    "https://mcp.example.org.",
    "https://mcp..example.org",
    "",
  ];
  for (const text of bad) t.notOk(issuerUrl().safeParse(text).success, text);
});

t.test("rejects a port to which no browser connects, and names it", async (t) => {
  const { error } = issuerUrl().safeParse("https://mcp.example.org:6000");
  t.match(error?.issues[0]?.message, /^must not use port 6000, .*: let the proxy listen on another one/);
});

t.test("recognises loopback hosts", async (t) => {
  for (const host of ["localhost", "app.localhost", "127.0.0.1", "127.8.9.10", "[::1]"])
    t.ok(isLoopbackHost(host), host);
  for (const host of ["localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "[::2]", "notlocalhost"])
    t.notOk(isLoopbackHost(host), host);
});
