import t from "tap";
import { meansResource } from "../../../src/provider/requests/requested-resource.ts";

const resource = "https://mcp.example.org/mcp";

t.test("recognises the resource in every spelling of its URL", async (t) => {
  for (const sent of [
    resource,
    "HTTPS://MCP.Example.ORG/mcp",
    "https://mcp.example.org:443/mcp/",
    "https://mcp.example.org/mcp?toolsets=issues&readonly",
    "https://mcp.example.org/mcp/?a=https://elsewhere.example/",
  ]) {
    t.ok(meansResource(sent, resource), sent);
  }
  t.ok(meansResource("http://[::1]:80/mcp", "http://[::1]/mcp"));
});

t.test("recognises no other URL as the resource", async (t) => {
  for (const sent of [
    "",
    "mcp.example.org/mcp",
    "https://mcp.example.org",
    "https://mcp.example.org/",
    "https://mcp.example.org/Mcp",
    "https://mcp.example.org/mcp#",
    "https://mcp.example.org/mcp//",
    "https://mcp.example.org/./mcp",
    "https://mcp.example.org/mcp;x",
    "https://mcp.example.org/mcp\n",
    "https://mcp.example.org:8443/mcp",
    "http://mcp.example.org/mcp",
    "https://mcp.example.org./mcp",
    "https://mcp.example.org@elsewhere.example/mcp",
    "https://user@mcp.example.org/mcp",
    "https://elsewhere.example\\@mcp.example.org/mcp",
    "https://mcp.example.org\t/mcp",
    "https://ⓜcp.example.org/mcp",
    "https:///mcp.example.org/mcp",
    "https://mcp.example.org.elsewhere.example/mcp",
  ]) {
    t.notOk(meansResource(sent, resource), sent);
  }
});
