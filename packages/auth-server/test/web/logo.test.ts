import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { logoFile } from "../../src/web/logo-file.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const svg = `<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>`;
const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(100)]);
const directory = temporaryDirectory(t);

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

t.test("presents the installation by its name and its pictures, and serves them itself", async (t) => {
  const setup = await setUpAuthServer(t);
  const origin = await setup.serve({
    more: {
      FJMCP_INSTANCE_NAME: "Forge & Friends",
      FJMCP_LOGO_FILE: file("logo.svg", svg),
      FJMCP_LOGO_DARK_FILE: file("dark.png", png),
    },
  });
  for (const path of ["/", "/oauth/callback"]) {
    const page = await setup.user().visit(`${origin}${path}`);
    t.match(page.html, "Forge &amp; Friends");
    t.match(page.html, /<img class="logo" src="\/logo" alt=""/);
    t.match(page.html, /<source srcset="\/logo-dark" media="\(prefers-color-scheme: dark\)"/);
  }
  for (const [path, type, content] of [
    ["/logo", "image/svg+xml", Buffer.from(svg)],
    ["/logo-dark", "image/png", png],
  ] as const) {
    const response = await fetch(`${origin}${path}`);
    t.equal(response.status, 200);
    t.equal(response.headers.get("content-type"), type);
    t.match(response.headers.get("content-security-policy"), /default-src 'none'.*sandbox/);
    t.equal(response.headers.get("x-content-type-options"), "nosniff");
    t.same(Buffer.from(await response.arrayBuffer()), content);
    t.equal((await fetch(`${origin}${path}`, { method: "POST" })).status, 405);
  }
});

t.test("has no picture where none is configured", async (t) => {
  const setup = await setUpAuthServer(t);
  const origin = await setup.serve();
  t.notMatch((await setup.user().visit(origin)).html, /<img|<picture/);
  t.equal((await fetch(`${origin}/logo`)).status, 404);
  t.equal((await fetch(`${origin}/logo-dark`)).status, 404);
});

t.test("accepts an SVG or a PNG of bounded size", async (t) => {
  t.equal(logoFile().parse(file("a.svg", svg)).type, "image/svg+xml");
  t.equal(logoFile().parse(file("a.png", png)).type, "image/png");
  for (const [path, message] of [
    [file("page.svg", "<html><svg></svg></html>"), /neither SVG nor PNG/],
    [file("empty.svg", ""), /neither SVG nor PNG/],
    [file("large.png", Buffer.concat([png, Buffer.alloc(64 * 1024)])), /larger than 64 KiB/],
    [join(directory, "missing.svg"), /cannot be read \(ENOENT\)/],
    [directory, /cannot be read \(EISDIR\)/],
  ] as const) {
    t.match(logoFile().safeParse(path).error?.issues[0]?.message, message);
  }
});
