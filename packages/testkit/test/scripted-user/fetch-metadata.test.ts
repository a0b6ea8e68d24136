import { fetchSite, originHeader } from "../../src/scripted-user/fetch-metadata.ts";
import t from "tap";

t.test("Sec-Fetch-Site depends on the whole redirect chain", async (t) => {
  const site = (initiator: string | undefined, ...chain: string[]) =>
    fetchSite(
      initiator,
      chain.map((url) => new URL(url)),
    );
  t.equal(site(undefined, "https://a.example.org/"), "none");
  t.equal(site("https://a.example.org", "https://a.example.org/x"), "same-origin");
  t.equal(site("https://a.example.org", "https://b.example.org/"), "same-site");
  t.equal(site("https://a.example.org", "http://a.example.org/"), "cross-site", "the scheme counts");
  t.equal(site("https://a.example.org", "https://evil.org/", "https://a.example.org/"), "cross-site");
  t.equal(site("http://127.0.0.1:1", "http://127.0.0.1:2/"), "same-site", "the port does not");
  t.equal(site("http://127.0.0.1:1", "http://localhost:1/"), "cross-site");
  t.equal(site("https://one.github.io", "https://two.github.io/"), "cross-site", "public suffixes");
});

t.test("Origin follows the referrer policy", async (t) => {
  const page = new URL("https://a.example.org/");
  t.equal(originHeader(page, new URL("https://b.example.org/"), ""), "https://a.example.org");
  t.equal(originHeader(page, page, "no-referrer"), "null");
  t.equal(originHeader(page, page, "same-origin"), "https://a.example.org");
  t.equal(originHeader(page, new URL("https://b.example.org/"), "same-origin"), "null");
  t.equal(originHeader(page, new URL("http://a.example.org/"), ""), "null", "down to http");
});
