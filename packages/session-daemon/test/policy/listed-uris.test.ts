import t from "tap";
import { ListedUris } from "../../src/policy/listed-uris.ts";

t.test("a denied URI is denied in all spellings that a child may read as the same", async (t) => {
  const uris = new ListedUris([], ["sdk://secret/*", "x://a/release%2F%2A", "x://one/%C3%A4"]);
  for (const uri of [
    "sdk://secret/a",
    "SDK://Secret/a",
    "sdk://%73ecret/a",
    "sdk://@secret/a",
    "sdk://sec\tret/a",
    " sdk://secret/a",
    "sdk://secret/../secret/a",
    "sdk://secret:/a",
    "x://a/release/%2A",
    "x://one/ä",
    "x://one/%c3%A4",
  ])
    t.notOk(uris.includes(uri), uri);
  for (const uri of ["sdk://secrets/a", "x://a/release/anything", "x://one/%E4", "no URI at all", "%"])
    t.ok(uris.includes(uri), uri);
});

t.test("an allowed URI must be allowed as a child's parser reads it, too", async (t) => {
  const uris = new ListedUris(
    ["forgejo://repo/o/r/*", "forgejo://repo/{owner}/pulls{?state}", "x://a/b%20c", "plain"],
    [],
  );
  for (const uri of [
    "forgejo://repo/o/r/issue/1",
    "forgejo://repo/{owner}/pulls{?state}",
    "x://a/b%20c",
    "plain",
  ])
    t.ok(uris.includes(uri), uri);
  for (const uri of [
    "forgejo://repo/o/r/../../x/1",
    "forgejo://repo/o/r/%2e%2e/x",
    "forgejo://Repo/o/r/issue/1",
    "forgejo://repo/%6F/r/issue/1",
    "x://a/b c",
    "PLAIN",
  ])
    t.notOk(uris.includes(uri), uri);
});
