import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import * as fc from "fast-check";
import t from "tap";
import { rawJson } from "../../../src/jsonrpc/lossless-json.ts";
import { startSessionDaemon } from "../../support/running-daemon.ts";
import { requestMeta, StatelessClient, version } from "../../support/stateless-client.ts";

const file = join(temporaryDirectory(t), "tools.json");
const properties = {
  region: { type: "string", "x-mcp-header": "Region" },
  count: { type: "integer", "x-mcp-header": "Count" },
  dry: { type: "boolean", "x-mcp-header": "Dry" },
  nested: { type: "object", properties: { deep: { type: "string", "x-mcp-header": "Deep" } } },
  listed: { type: "array", items: { type: "string", "x-mcp-header": "Ignored" } },
};
writeFileSync(file, JSON.stringify([{ name: "echo", inputSchema: { type: "object", properties } }]));
const daemon = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("tools", "--file", file) });
const client = new StatelessClient(daemon, await daemon.grant());
const { "io.modelcontextprotocol/clientCapabilities": _, ...withoutCapabilities } = requestMeta;
const { "io.modelcontextprotocol/protocolVersion": __, ...withoutVersion } = requestMeta;
const encode = (text: string) => `=?base64?${Buffer.from(text).toString("base64")}?=`;

const faultyMeta: readonly (readonly [title: string, meta: unknown])[] = [
  ["no _meta", undefined],
  ["_meta that is no object", "x"],
  ["no version", withoutVersion],
  ["no capabilities", withoutCapabilities],
  ["a version that is no string", { ...requestMeta, "io.modelcontextprotocol/protocolVersion": 20260728 }],
  ["a version that is null", { ...requestMeta, "io.modelcontextprotocol/protocolVersion": null }],
  ["capabilities that are a list", { ...requestMeta, "io.modelcontextprotocol/clientCapabilities": [] }],
  ["a client without a version", { ...requestMeta, "io.modelcontextprotocol/clientInfo": { name: "x" } }],
  ["an unknown log level", { ...requestMeta, "io.modelcontextprotocol/logLevel": "loud" }],
];

for (const [title, meta] of faultyMeta) {
  t.test(`a request with ${title} is invalid, and never served by other rules`, async (t) => {
    for (const method of ["server/discover", "tools/list", "no/such"]) {
      const reply = await client.post({ id: 101, method, meta });
      t.equal(reply.status, 400);
      t.match(reply.json, { id: 101, error: { code: -32602 } });
    }
  });
}

t.test("the client's name is optional", async (t) => {
  const { "io.modelcontextprotocol/clientInfo": ___, ...meta } = requestMeta;
  t.equal((await client.post({ method: "server/discover", meta })).status, 200);
});

t.test("an unsupported revision is rejected with the supported ones", async (t) => {
  for (const requested of ["2027-01-01", "v999.0.0", "2025-11-25", ""]) {
    const meta = { ...requestMeta, "io.modelcontextprotocol/protocolVersion": requested };
    for (const header of [requested, undefined]) {
      const reply = await client.post(
        { id: 2, method: "server/discover", meta },
        { "mcp-protocol-version": header },
      );
      t.equal(reply.status, 400);
      t.match(reply.json, { id: 2, error: { code: -32022, data: { requested } } });
      t.ok((reply.json.error.data as { supported: string[] }).supported.includes(version));
    }
  }
});

const named = { method: "tools/call", params: { name: "echo", arguments: {} } };
const faultyHeaders: readonly (readonly [title: string, headers: Record<string, string | undefined>])[] = [
  ["no MCP-Protocol-Version", { "mcp-protocol-version": undefined }],
  ["another MCP-Protocol-Version", { "mcp-protocol-version": "2025-11-25" }],
  ["an unknown MCP-Protocol-Version", { "mcp-protocol-version": "2027-01-01" }],
  ["no Mcp-Method", { "mcp-method": undefined }],
  ["another Mcp-Method", { "mcp-method": "tools/list" }],
  ["Mcp-Method in another case", { "mcp-method": "TOOLS/CALL" }],
  ["no Mcp-Name", { "mcp-name": undefined }],
  ["another Mcp-Name", { "mcp-name": "delete" }],
  ["Mcp-Name in another case", { "mcp-name": "Echo" }],
  ["Mcp-Name without padding", { "mcp-name": "=?base64?ZWNobw?=" }],
  ["Mcp-Name with characters that Base64 lacks", { "mcp-name": "=?base64?ZWN!bw==?=" }],
  ["Mcp-Name that is no UTF-8", { "mcp-name": "=?base64?/w==?=" }],
  ["Mcp-Name in an encoding of another name", { "mcp-name": "=?BASE64?ZWNobw==?=" }],
];

for (const [title, headers] of faultyHeaders) {
  t.test(`a call with ${title} is a header mismatch`, async (t) => {
    const reply = await client.post({ id: 3, ...named }, headers);
    t.equal(reply.status, 400);
    t.match(reply.json, { id: 3, error: { code: -32020 } });
  });
}

t.test("a disagreement counts before the revision", async (t) => {
  const meta = { ...requestMeta, "io.modelcontextprotocol/protocolVersion": "v999.0.0" };
  const reply = await client.post({ method: "server/discover", meta });
  t.match(reply.json.error, { code: -32020 });
});

t.test("header names in any case, encoded names and white space around values are accepted", async (t) => {
  for (const headers of [
    { "mcp-name": encode("echo") },
    { "mcp-name": "  echo\t " },
    { "mcp-method": " tools/call " },
    { "mcp-method": undefined, "MCP-METHOD": "tools/call" },
    { "mcp-protocol-version": ` ${version}` },
  ]) {
    t.equal((await client.post(named, headers)).status, 200, JSON.stringify(headers));
  }
});

t.test("Mcp-Name repeats the name of a prompt and the URI of a resource", async (t) => {
  const uri = "stub://ä";
  const read = { method: "resources/read", params: { uri } };
  t.equal((await client.post(read, { "mcp-name": encode(uri) })).status, 200);
  t.match((await client.post(read, { "mcp-name": "stub://a" })).json.error, { code: -32020 });
  const raw = Buffer.from(uri).toString("latin1");
  t.match((await client.post(read, { "mcp-name": raw })).json.error, { code: -32020 });
  const prompt = { method: "prompts/get", params: { name: "one" } };
  t.match((await client.post(prompt, { "mcp-name": undefined })).json.error, { code: -32020 });
  t.match((await client.post(prompt)).json.error, { code: -32601 });
});

const args = { region: "us-west1", count: 42, dry: false, nested: { deep: "x" }, listed: ["y"] };
const headersOfArgs = {
  "mcp-param-region": "us-west1",
  "mcp-param-count": "42",
  "mcp-param-dry": "false",
  "mcp-param-deep": "x",
};

t.test("headers that repeat arguments are accepted when they agree", async (t) => {
  for (const [more, headers] of [
    [{}, {}],
    [{}, { "mcp-param-region": encode("us-west1") }],
    [{}, { "mcp-param-count": "42.0" }],
    [{}, { "mcp-param-unknown": "=?base64?!?=" }],
    [{ region: "Hello, 世界" }, { "mcp-param-region": encode("Hello, 世界") }],
    [{ region: "=?base64?x" }, { "mcp-param-region": "=?base64?x" }],
    [{ region: null }, { "mcp-param-region": undefined }],
    [{ count: "many" }, { "mcp-param-count": "many" }],
    [{ region: ["us"] }, { "mcp-param-region": undefined }],
    [{ count: rawJson("4.2e1") }, {}],
    [{ count: rawJson("9007199254740993") }, { "mcp-param-count": "9007199254740993" }],
  ] as const) {
    const reply = await client.call("echo", { ...args, ...more }, {}, { ...headersOfArgs, ...headers });
    t.equal(reply.status, 200, JSON.stringify(headers));
  }
});

t.test("headers that do not repeat arguments as they are are a mismatch", async (t) => {
  for (const [more, headers] of [
    [{}, { "mcp-param-region": undefined }],
    [{}, { "mcp-param-region": "us-east1" }],
    [{}, { "mcp-param-region": "=?base64?dXMtd2VzdDE?=" }],
    [{}, { "mcp-param-count": "43" }],
    [{}, { "mcp-param-count": "0x2a" }],
    [{}, { "mcp-param-dry": "False" }],
    [{}, { "mcp-param-deep": undefined }],
    [{ region: null }, {}],
    [{ nested: {} }, {}],
    [{ region: ["us-west1"] }, {}],
    [{ region: {} }, {}],
    [{ count: rawJson("9007199254740993") }, { "mcp-param-count": "9007199254740992" }],
    [{ count: rawJson("1e400") }, { "mcp-param-count": "1e401" }],
  ] as const) {
    const reply = await client.call(
      "echo",
      { ...args, ...more },
      { id: 4 },
      { ...headersOfArgs, ...headers },
    );
    t.equal(reply.status, 400, JSON.stringify(headers));
    t.match(reply.json, { id: 4, error: { code: -32020 } });
  }
});

t.test("a child lists its tools once after its start, for all that is read from the list", async (t) => {
  const first = new StatelessClient(daemon, await daemon.grant({ accountId: "2" }));
  const reply = await first.call("lines");
  const lines = JSON.parse(reply.json.result.content[0]!.text) as string[];
  t.equal(lines.filter((line) => line.includes('"tools/list"')).length, 1);
  const mismatch = await first.call("echo", args, {}, { ...headersOfArgs, "mcp-param-region": undefined });
  t.match(mismatch.json.error, { code: -32020 });
});

t.test("a call whose headers cannot be checked, as no worker starts, does not run", async (t) => {
  const fails = await startSessionDaemon(t, { FJMCP_CHILD_COMMAND: childCommand("crash", "--at", "start") });
  const caller = new StatelessClient(fails, await fails.grant());
  const reply = await caller.call("echo", args, { id: 5 });
  t.match(reply.json, { id: 5, error: { code: Number, message: String } });
});

t.test("a call that is rejected anyway starts no worker", async (t) => {
  const grant = await daemon.grant({}, { scope: "forgejo:read", toolsets: ["issues"] });
  const reply = await new StatelessClient(daemon, grant).call("echo", args);
  t.match(reply.json, { error: { code: -32602, message: /connections/ } });
  const { text } = await daemon.control("GET", "/workers");
  t.notMatch(text, grant.grantId);
});

t.test("no combination of headers and fields is an error of the server", async () => {
  const text = fc.oneof(
    fc.constantFrom("tools/call", "echo", version, "2025-11-25", "=?base64?", "?="),
    fc.string(),
  );
  const bytes = text.map((value) =>
    Buffer.from(value)
      .toString("latin1")
      .replaceAll(/\p{Cc}/gu, ""),
  );
  const header = fc.option(bytes, { nil: undefined });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        "mcp-protocol-version": header,
        "mcp-method": header,
        "mcp-name": header,
        "mcp-param-region": header,
      }),
      fc.constantFrom("tools/call", "server/discover", "resources/read", "initialize", "x"),
      fc.oneof(
        fc.constant(requestMeta),
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...Object.keys(requestMeta)), fc.jsonValue()),
      ),
      fc.jsonValue(),
      async (headers, method, meta, name) => {
        const reply = await client.post({ method, params: { name }, meta }, headers);
        return reply.status < 500;
      },
    ),
    { numRuns: 300 },
  );
});
