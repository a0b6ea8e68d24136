import t from "tap";
import { issuer } from "../support/grants.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t, {
  FJMCP_ALLOWED_ORIGINS: "https://app.example.org, http://intranet",
});
const { token } = await daemon.grant();

const allowed = [
  issuer,
  "https://app.example.org",
  "http://intranet",
  "http://localhost:6274",
  "http://127.0.0.1:8080",
  "https://[::1]:3000",
];
const foreign = [
  "https://evil.example",
  "null",
  "https://mcp.example.org.evil.example",
  "https://mcp.example.org:8443",
  "http://localhost.evil.example",
  "https://app.example.org/",
];

t.test("accepts a request without an Origin, and sends no CORS headers", async (t) => {
  const response = await daemon.mcp({ method: "PUT", headers: { authorization: `Bearer ${token}` } });
  t.equal(response.status, 405);
  t.notOk(response.headers["access-control-allow-origin"]);
});

t.test(
  "lets an allowed Origin read every response, the challenge included, without credentials",
  async (t) => {
    for (const origin of allowed) {
      for (const authorization of ["Bearer nobody-s", `Bearer ${token}`]) {
        const response = await daemon.mcp({ method: "PUT", headers: { authorization, origin } });
        t.not(response.status, 403, origin);
        t.equal(response.headers["access-control-allow-origin"], origin);
        t.equal(
          response.headers["access-control-expose-headers"],
          "WWW-Authenticate, Mcp-Session-Id, Retry-After",
        );
        t.equal(response.headers.vary, "Origin");
        t.notOk(response.headers["access-control-allow-credentials"]);
      }
    }
  },
);

t.test("rejects a foreign Origin with 403, on a preflight and with a valid token too", async (t) => {
  for (const origin of foreign) {
    for (const headers of [
      { origin },
      { origin, authorization: `Bearer ${token}` },
      { origin, "access-control-request-method": "POST" },
    ] as Record<string, string>[]) {
      const method = "access-control-request-method" in headers ? "OPTIONS" : "POST";
      const response = await daemon.mcp({ method, headers });
      t.equal(response.status, 403, origin);
      t.notOk(response.headers["access-control-allow-origin"]);
    }
  }
});

t.test("responds to a preflight without a token", async (t) => {
  const response = await daemon.mcp({
    method: "OPTIONS",
    headers: {
      origin: "http://localhost:6274",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  });
  t.equal(response.status, 204);
  t.equal(response.headers["access-control-allow-origin"], "http://localhost:6274");
  t.equal(response.headers["access-control-allow-methods"], "GET, POST, DELETE, OPTIONS");
  t.equal(
    response.headers["access-control-allow-headers"],
    "authorization, content-type, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name, last-event-id, accept, x-mcp-toolsets, x-mcp-readonly, traceparent, tracestate",
  );
});

t.test(
  "lets a page send the headers that repeat arguments of tools, and no others that it asks for",
  async (t) => {
    const { headers } = await daemon.mcp({
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:6274",
        "access-control-request-method": "POST",
        "access-control-request-headers":
          "authorization,mcp-param-region, Mcp-Param-X_1,x-evil,mcp-param-,mcp-param-a b,*",
      },
    });
    const names = headers["access-control-allow-headers"]!.split(", ");
    t.strictSame(
      names.filter((name) => /param|evil|\*/i.test(name)),
      ["mcp-param-region", "Mcp-Param-X_1"],
    );
    t.ok(names.includes("authorization"));
  },
);
