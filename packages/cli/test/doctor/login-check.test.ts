import t from "tap";
import { only, startDoctorStack } from "../support/doctor-stack.ts";
import { caddy, siteProxy } from "../support/site-proxy.ts";

if (caddy === undefined) {
  t.plan(0, "no caddy on PATH");
  t.end();
}

const doctorStack = await startDoctorStack(t);
const { forgejo } = doctorStack;
const { caFile, routes, withProxy } = siteProxy(t, doctorStack);
const login = async () => (await doctorStack.report("--ca-file", caFile, ...only("login"))).of("login")!;

/** What a proxy in front does wrong, and what is found. */
const broken: [site: string, text: RegExp][] = [
  [
    "handle /oauth/register {\n respond 403\n }",
    /^the registration of a client gets 403: look at fjmcp logs --unit auth/,
  ],
  [
    "handle /oauth/authorize {\n respond 500\n }",
    /^an authorization request ends at \/oauth\/authorize with 500 instead of the consent page: /,
  ],
  ['handle /oauth/interaction/* {\n respond "not ours" 200\n }', /^the consent page has no form: /],
  [
    "@allow {\n  method POST\n  path /oauth/interaction/*\n }\n handle @allow {\n respond 400\n }",
    /^Allow on the consent page gets 400: /,
  ],
  [
    "@allow {\n  method POST\n  path /oauth/interaction/*\n }\n header @allow {\n  Location https://other.example.org/\n  defer\n }",
    /^Allow leads to https:\/\/other\.example\.org instead of Forgejo: /,
  ],
];

for (const [site, text] of broken)
  t.test(`login: finds with “${site.replaceAll(/\s+/g, " ")}” how far it gets`, async (t) => {
    await withProxy(site + routes, async () => {
      t.match(await login(), [{ level: "fault", text }]);
    });
  });

t.test("login: finds that Forgejo does not show its login, or is away", async (t) => {
  await withProxy(routes, async () => {
    t.match(await login(), [{ level: "ok" }]);
    forgejo.controls.setFault({ path: /\/login/, mode: "503" });
    t.match(await login(), [
      { level: "fault", text: /^Forgejo's login responds 503 at \S+: look at Forgejo's log/ },
    ]);
    await forgejo.close();
    t.match(await login(), [{ level: "fault", text: /ECONNREFUSED/ }]);
  });
});
