import { createLog } from "@fjmcp/shared/log";
import { isJournal } from "@fjmcp/shared/journal";
import { takeInheritedSockets } from "@fjmcp/shared/http-server/inherited-sockets";
import { runService } from "@fjmcp/shared/service/run-service";
import { readConfig } from "./config.ts";
import { startSessionDaemon } from "./daemon.ts";
import { inspectSessionDaemon } from "./inspect.ts";

await runService({
  name: "session-daemon",
  arguments: process.argv.slice(2),
  configure: () => readConfig(process.env, takeInheritedSockets(process.env, ["mcp", "control"])),
  log: (config) => createLog("session-daemon", config.logLevel, { toJournal: isJournal(process.env, 2) }),
  inspect: inspectSessionDaemon,
  start: startSessionDaemon,
});
