import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { demoArguments } from "../src/demo-arguments.ts";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { startDemo } from "./support/start-demo.ts";

const dir = temporaryDirectory(t);
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const secret = file("secret", "s3cret\n");
const forgejo = [
  "--forgejo",
  "https://forgejo.example.org/",
  "--client-id",
  "id",
  "--client-secret-file",
  secret,
];

t.test("uses the sandbox on a free port by default", async (t) => {
  t.same(demoArguments([]), {
    keep: false,
    json: false,
    forgejo: undefined,
    child: undefined,
    issuer: undefined,
    listen: undefined,
    programs: undefined,
  });
  t.same(demoArguments(["--", "--keep"]), demoArguments(["--keep"]), "a leading -- is ignored");
});

t.test("reads a real Forgejo, several logins and a child", async (t) => {
  const logins = [
    "--login",
    "a",
    "--password-file",
    file("a", "1"),
    "--login",
    "b",
    "--password-file",
    file("b", "2"),
  ];
  const child = ["--child", "server --url {url}", "--child-env", "TOKEN={token}", "--child-env", "A=1"];
  t.match(demoArguments([...forgejo, ...logins, ...child]), {
    forgejo: {
      access: { url: "https://forgejo.example.org", clientId: "id", clientSecret: "s3cret" },
      logins: [
        { name: "a", password: "1" },
        { name: "b", password: "2" },
      ],
    },
    child: { command: "server --url {url}", env: "TOKEN={token} A=1" },
    listen: "127.0.0.1:8080",
    programs: undefined,
  });
});

t.test("a public issuer needs --listen, a loopback one does not", async (t) => {
  const proxied = ["--issuer", "https://mcp.example.org", "--listen", "127.0.0.1:8080"];
  t.match(demoArguments(proxied), { issuer: "https://mcp.example.org", listen: "127.0.0.1:8080" });
  t.match(demoArguments(["--issuer", "http://127.0.0.1:9000"]), { listen: "127.0.0.1:9000" });
});

const faulty: [words: string[], message: RegExp][] = [
  [["--kepe"], /--kepe/],
  [["sandbox"], /sandbox/],
  [["--forgejo"], /--forgejo/],
  [["--forgejo", "https://forgejo.example.org"], /needs --client-id and --client-secret-file/],
  [["--forgejo", "ftp://x", "--client-id", "i", "--client-secret-file", secret], /not an http or https URL/],
  [["--client-id", "id"], /need --forgejo/],
  [["--login", "a"], /need --forgejo/],
  [[...forgejo, "--login", "a"], /each --login needs a --password-file/],
  [[...forgejo, "--client-secret-file", join(dir, "none")], /cannot be read \(ENOENT\)/],
  [[...forgejo, "--client-secret-file", file("empty", "\n")], /is empty/],
  [["--child", " "], /no command/],
  [["--child-env", "A=1"], /needs --child/],
  [["--child", "x", "--child-env", "novalue"], /NAME=value/],
  [["--issuer", "https://mcp.example.org"], /needs --listen/],
  [["--issuer", "http://mcp.example.org", "--listen", "127.0.0.1:1"], /must be https/],
  [["--listen", "0.0.0.0:80"], /loopback/],
  [["--listen", "unix:/run/x.sock"], /needs --issuer/],
];

t.test("names each invalid argument", async (t) => {
  for (const [words, message] of faulty) {
    t.throws(() => demoArguments(words), { name: "UsageError", message }, words.join(" "));
  }
});

t.test("prints the usage and exits 2 before it starts anything", async (t) => {
  const demo = startDemo(t, ["--json", "--nonsense"]);
  t.equal(await demo.exit, 2);
  t.same(demo.stdout, []);
  t.match(demo.stderr.join("\n"), /--nonsense[\s\S]*usage: demo/);
});
