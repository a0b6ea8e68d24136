import { createHash } from "node:crypto";
import * as fc from "fast-check";
import t from "tap";
import { Secret } from "@fjmcp/shared/config/secret";
import { createKeyRing } from "../../../src/crypto/key-ring.ts";
import { createClientIdCodec, maxClientIdLength } from "../../../src/provider/client-id/client-id-codec.ts";
import { dictionaries } from "../../../src/provider/client-id/dictionary.ts";
import { normaliseRegistration } from "../../../src/provider/requests/normalise-registration.ts";

const firstKey = "a root key of at least thirty-two characters";
const secondKey = "another root key of thirty-two characters or more";
const codecOf = (...keys: string[]) => createClientIdCodec(createKeyRing(new Secret(keys.join("\n"))));
const codec = codecOf(firstKey);
/** The same choices in every run. */
const runs = { seed: 20_261_129 };

const none = { token_endpoint_auth_method: "none" };
const scope = "forgejo:read forgejo:write";
/** What real clients register, as it is sent. */
const profiles: Readonly<Record<string, Record<string, unknown>>> = {
  Claude: {
    client_name: "Claude",
    redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
    application_type: "web",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    scope,
    ...none,
  },
  "Claude Code": {
    client_name: "Claude Code (forgejo)",
    redirect_uris: ["http://localhost:53211/callback"],
    application_type: "native",
    scope,
    ...none,
  },
  ChatGPT: {
    client_name: "ChatGPT",
    redirect_uris: ["https://chatgpt.com/connector/oauth/n1Cv0bGk2QeT"],
    scope,
    ...none,
  },
  Codex: {
    client_name: "Codex",
    redirect_uris: ["http://127.0.0.1:40213/callback"],
    application_type: "native",
    scope,
    ...none,
  },
  "Copilot CLI": {
    client_name: "GitHub Copilot CLI",
    redirect_uris: ["http://127.0.0.1:40213/"],
    ...none,
  },
  Cursor: {
    client_name: "Cursor",
    redirect_uris: [
      "cursor://anysphere.cursor-mcp/oauth/callback",
      "https://www.cursor.com/agents/mcp/oauth/callback",
      "http://localhost:8787/callback",
    ],
    ...none,
  },
  "VS Code": {
    client_name: "Visual Studio Code",
    redirect_uris: [
      "https://insiders.vscode.dev/redirect",
      "https://vscode.dev/redirect",
      "http://127.0.0.1/",
      "http://127.0.0.1:33418/",
    ],
    application_type: "native",
    client_uri: "https://code.visualstudio.com",
    ...none,
  },
  Inspector: { client_name: "MCP Inspector", redirect_uris: ["http://127.0.0.1:6274/oauth/callback"], scope },
  "mcp-remote": {
    client_name: "MCP CLI Proxy",
    redirect_uris: ["http://localhost:14321/oauth/callback"],
    software_id: "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
    software_version: "0.1.38",
    ...none,
  },
  "Gemini CLI": {
    client_name: "Gemini CLI MCP Client",
    redirect_uris: ["http://localhost:39011/oauth/callback"],
    scope,
    ...none,
  },
  OpenCode: {
    client_name: "OpenCode",
    redirect_uris: ["http://127.0.0.1:19876/mcp/oauth/callback"],
    ...none,
  },
  "Qwen Code": {
    client_name: "Qwen Code MCP Client",
    redirect_uris: ["http://localhost:7777/oauth/callback"],
    code_challenge_method: ["S256"],
    ...none,
  },
  mcporter: {
    client_name: "mcporter (forgejo)",
    redirect_uris: ["http://127.0.0.1:41777/callback"],
    ...none,
  },
  "SDK without an auth method": {
    client_name: "A program",
    redirect_uris: ["http://localhost:8090/callback"],
  },
};

for (const [name, sent] of Object.entries(profiles)) {
  t.test(`encodes ${name} in at most 255 characters and decodes it whole`, async (t) => {
    const metadata = normaliseRegistration(sent) as Record<string, unknown>;
    const clientId = codec.encode(metadata);
    t.ok(clientId !== undefined && clientId.length <= 255, `${clientId?.length} characters`);
    t.match(clientId, /^[\w-]+$/);
    t.match(codec.decode(clientId!), metadata);
  });
}

t.test("keeps apart a public client and one that names no authentication method", async (t) => {
  const redirects = { redirect_uris: ["http://localhost:8090/callback"] };
  const method = (metadata: Record<string, unknown>) =>
    codec.decode(codec.encode(metadata)!)!["token_endpoint_auth_method"];
  t.equal(method({ ...redirects, ...none }), "none");
  t.equal(method(redirects), "client_secret_basic");
  t.equal(method({ ...redirects, token_endpoint_auth_method: "client_secret_post" }), "client_secret_post");
});

t.test("gives two installations two ids and two secrets", async (t) => {
  const [one, two] = [codec.encode(profiles["Claude"]!)!, codec.encode(profiles["Claude"]!)!];
  t.not(one, two);
  t.not(codec.secretOf(one), codec.secretOf(two));
  t.equal(codec.secretOf(one), codec.secretOf(one));
  t.match(codec.secretOf(one), /^[\w-]{43}$/);
});

t.test("rejects an id with any byte changed, cut or added, before it is inflated", async (t) => {
  const clientId = codec.encode(profiles["Cursor"]!)!;
  const bytes = Buffer.from(clientId, "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    t.equal(codec.decode(changed.toString("base64url")), undefined, `byte ${at}`);
    t.equal(codec.secretOf(changed.toString("base64url")), undefined);
    t.equal(codec.decode(bytes.subarray(0, at).toString("base64url")), undefined, `cut at ${at}`);
  }
  for (const text of [
    `${clientId}A`,
    `${clientId}=`,
    ` ${clientId}`,
    `${clientId}\n`,
    clientId.toLowerCase(),
  ])
    t.equal(codec.decode(text), undefined, JSON.stringify(text));
});

t.test("decodes no foreign text", async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ minLength: 1025 })), (text) => {
      return codec.decode(text) === undefined && codec.secretOf(text) === undefined;
    }),
    runs,
  );
  t.end();
});

t.test("decodes what it has encoded, whatever a client registers", async (t) => {
  const member = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.array(fc.webUrl(), { maxLength: 2 }),
  );
  const metadata = fc.dictionary(
    fc.constantFrom("client_name", "redirect_uris", "scope", "client_uri"),
    member,
  );
  fc.assert(
    fc.property(metadata, (sent) => {
      const clientId = codec.encode(sent);
      if (clientId === undefined) return true;
      t.match(codec.decode(clientId), sent);
      return clientId.length <= maxClientIdLength;
    }),
    runs,
  );
  t.end();
});

t.test("has no id for metadata that does not fit", async (t) => {
  const random = Array.from(
    { length: 1200 },
    (_, i) => createHash("sha1").update(`${i}`).digest("base64")[0],
  );
  t.equal(codec.encode({ client_name: random.join("") }), undefined, "not compressible");
  t.equal(codec.encode({ client_name: "a".repeat(5000) }), undefined, "small as an id, large as metadata");
});

t.test("old keys verify, new ids have the new key, a revoked key has none", async (t) => {
  const old = codec.encode(profiles["Claude"]!)!;
  const rotated = codecOf(secondKey, firstKey);
  t.match(rotated.decode(old), { client_name: "Claude" });
  t.equal(rotated.secretOf(old), codec.secretOf(old));
  const fresh = rotated.encode(profiles["Claude"]!)!;
  t.equal(codec.decode(fresh), undefined);
  t.equal(codecOf(secondKey).decode(old), undefined);
  t.match(codecOf(secondKey).decode(fresh), { client_name: "Claude" });
});

t.test("every dictionary in use is frozen", async (t) => {
  const digests = [...dictionaries].map(([version, text]) => [
    version,
    createHash("sha256").update(text).digest("hex"),
  ]);
  t.same(digests, [[1, "71fd5da8771d67573f75864f1e26eb069d5c7e3a5afcfc6b7ef79beda34874f2"]]);
});
