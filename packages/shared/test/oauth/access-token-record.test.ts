import t from "tap";
import { parseRecord } from "../../src/parse-record.ts";
import { accessTokenRecord, verifyAccessToken } from "../../src/oauth/access-token-record.ts";

const resource = "https://mcp.example/mcp";
const stored = {
  kind: "AccessToken",
  accountId: "1",
  clientId: "c",
  grantId: "g",
  aud: resource,
  scope: "forgejo:read forgejo:write",
  requestedScope: "forgejo:read forgejo:write",
  toolsets: ["issues"],
  iat: 1000,
  exp: 2000,
};
const verify = (changes: Record<string, unknown>, nowSec = 1500) =>
  verifyAccessToken(
    parseRecord(accessTokenRecord, JSON.stringify({ ...stored, ...changes })),
    resource,
    nowSec,
  );

t.test("accepts a valid record", async (t) => {
  t.match(verify({}), stored);
  t.match(verify({ aud: ["https://other.example", resource] }), { grantId: "g" });
  t.match(verify({ scope: "forgejo:read" }), { grantId: "g" });
  t.match(verify({ scope: "forgejo:write" }), { grantId: "g" }, "to write includes to read");
});

t.test("rejects an invalid record as invalid_token", async (t) => {
  for (const changes of [
    { kind: "RefreshToken" },
    { aud: "https://other.example/mcp" },
    { aud: `${resource}2` },
    { aud: [] },
    { exp: 1500 },
    { grantId: "" },
    { scope: undefined },
    { requestedScope: undefined },
    { toolsets: undefined },
    { toolsets: ["unknown"] },
  ]) {
    t.equal(verify(changes), "invalid_token", JSON.stringify(changes));
  }
  t.equal(verify({}, 2000), "invalid_token");
  for (const text of [undefined, "", "{", "null", "[]"]) {
    t.equal(verifyAccessToken(parseRecord(accessTokenRecord, text), resource, 1500), "invalid_token");
  }
});

t.test("rejects a token without a scope of the resource as insufficient_scope", async (t) => {
  for (const scope of ["", "forgejo:writer", "forgejo:reader", "openid"]) {
    t.equal(verify({ scope }), "insufficient_scope", scope);
  }
});
