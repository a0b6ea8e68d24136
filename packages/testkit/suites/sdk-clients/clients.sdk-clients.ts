import t from "tap";
import { driveClients, type TestedClient } from "../../src/real-clients/client-events.ts";
import { buildGoClients, goClient } from "./go-client.ts";
import { inspectorCli } from "./inspector-cli.ts";
import { startMcpRemote, startMcpRemoteWithDeviceCode } from "./mcp-remote.ts";
import { startSdkV1 } from "./sdk-v1.ts";
import { sdkV2 } from "./sdk-v2.ts";

// Real clients, each with a user of its own, go through the same events at the same time.

const skipGo = (await buildGoClients()) ?? false;

const clients: readonly TestedClient[] = [
  { name: "SDK v1", start: startSdkV1 },
  { name: "SDK v2 (auto)", start: sdkV2("auto") },
  { name: "SDK v2 (legacy)", start: sdkV2("legacy") },
  { name: "SDK v2 (modern)", start: sdkV2({ pin: "2026-07-28" }) },
  { name: "mcp-remote", start: startMcpRemote },
  { name: "mcp-remote --device-code", start: startMcpRemoteWithDeviceCode },
  { name: "Inspector --cli (legacy)", start: inspectorCli("legacy") },
  { name: "Inspector --cli (modern)", start: inspectorCli("modern") },
  { name: "Go SDK", start: goClient("go-sdk"), skip: skipGo },
  { name: "mcp-go", start: goClient("mcp-go"), skip: skipGo },
];

await driveClients(t, clients);
