import t from "tap";
import { endToEndHeaders } from "../../../src/http/mcp-proxy/end-to-end-headers.ts";

t.test("removes hop-by-hop headers and leaves the rest as received", (t) => {
  const kept = ["Host", "a", "X-Twice", "1", "x-twice", "2", "MCP-Session-Id", "Äö"];
  const dropped = [
    "Connection",
    "Keep-Alive, X-Mine",
    "Keep-Alive",
    "timeout=5",
    "x-mine",
    "1",
    "TE",
    "trailers",
  ];
  t.same(endToEndHeaders([...kept, ...dropped, "Transfer-Encoding", "chunked", "Upgrade", "h2c"]), kept);
  t.same(endToEndHeaders(["Expect", "100-continue", "Proxy-Authorization", "x", "Trailer", "y"]), []);
  t.end();
});

t.test("keeps the framing headers that Connection lists", (t) => {
  const headers = ["Content-Length", "5", "Host", "a"];
  t.same(endToEndHeaders([...headers, "Connection", "content-length, host"]), headers);
  t.end();
});
