import t from "tap";
import { hostText, uriText, urlText } from "../../../src/web/pages/breakable-text.ts";

/** The parts between the allowed line breaks. */
async function parts(text: ReturnType<typeof hostText>): Promise<string[]> {
  const markup = String(await text);
  return markup.split("<wbr />").map((part) => part.replace(/<[^>]*>/g, "").replaceAll("&amp;", "&"));
}

t.test("breaks a host only before dots and the port", async (t) => {
  t.same(await parts(hostText("my-mcp.example.org:8443")), ["my-mcp", ".example", ".org", ":8443"]);
  t.same(await parts(hostText("cursor:")), ["cursor:"]);
});

t.test("breaks a URL to copy only before dots and after slashes", async (t) => {
  t.same(await parts(urlText("https://mcp.example.org/mcp")), [
    "https://",
    "mcp",
    ".example",
    ".org/",
    "mcp",
  ]);
});

t.test("breaks a URI before the dots of its host and after / ? & =", async (t) => {
  t.same(await parts(uriText("https://my-app.example.org/a-b/c.d?x=1&y=2")), [
    "https://my-app",
    ".example",
    ".org",
    "/",
    "a-b/",
    "c.d?",
    "x=",
    "1&",
    "y=",
    "2",
  ]);
  t.same(await parts(uriText("cursor://anysphere.cursor-mcp/oauth")), [
    "cursor://anysphere",
    ".cursor-mcp",
    "/",
    "oauth",
  ]);
  t.same(await parts(uriText("com.example.app:/back")), ["com", ".example", ".app:", "/", "back"]);
});

t.test("escapes what it shows", async (t) => {
  t.notMatch(String(await uriText("app:/<script>")), "<script>");
});
