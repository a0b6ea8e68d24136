import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

t.test("shows a browser a page for an unknown address, with the MCP URL", async (t) => {
  const response = await fetch(`${origin}/no/such/page`, {
    headers: { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" },
  });
  t.equal(response.status, 404);
  t.match(response.headers.get("content-type"), "text/html");
  t.match(response.headers.get("content-security-policy"), "default-src 'none'");
  t.match(response.headers.get("vary"), /accept/i);
  const html = await response.text();
  t.match(html, "There is no page here");
  t.match(html.replace(/<[^>]*>/g, ""), `${origin}/mcp`);
});

t.test("shows that page for an address as it is pasted with what stands around it, too", async (t) => {
  for (const path of [
    "/connections)",
    "/connections%20",
    "/connections,",
    "//connections",
    "/%63onnections",
    "/ü",
  ]) {
    const response = await fetch(`${origin}${path}`, { headers: { accept: "text/html" } });
    t.equal(response.status, 404, path);
    t.match(await response.text(), "There is no page here", path);
  }
});

t.test("replies to a program in plain text", async (t) => {
  for (const [accept, path] of [
    ["*/*", "/no/such/page"],
    ["application/json", "/no/such/page"],
    ["text/plain", "/no/such/page"],
    ["", "/no/such/page"],
    ["*/*", "//no/such/page"],
  ] as const) {
    const response = await fetch(`${origin}${path}`, { headers: { accept } });
    t.equal(response.status, 404);
    t.match(response.headers.get("content-type"), "text/plain", accept);
    t.equal(await response.text(), "Not found\n");
  }
});

t.test("serves the icon that every page names, and allows it in their policy", async (t) => {
  for (const path of ["/", "/oauth/callback"]) {
    const page = await setup.user().visit(`${origin}${path}`);
    t.match(page.headers["content-security-policy"], "img-src 'self';");
    t.match(page.html, /<link rel="icon" href="\/favicon.ico" type="image\/svg\+xml"/);
  }
  const icon = await fetch(`${origin}/favicon.ico`);
  t.equal(icon.status, 200);
  t.equal(icon.headers.get("content-type"), "image/svg+xml");
  t.match(icon.headers.get("cache-control"), /max-age=\d+/);
  t.match(icon.headers.get("content-security-policy"), "default-src 'none'");
  t.match(await icon.text(), /^<svg /);
  t.equal((await fetch(`${origin}/favicon.ico`, { method: "POST" })).status, 405);
});
