import { runService } from "@fjmcp/shared/service/run-service";
import { createLog } from "@fjmcp/shared/log";
import { isJournal } from "@fjmcp/shared/journal";
import { takeInheritedSockets } from "@fjmcp/shared/http-server/inherited-sockets";
import { readConfig } from "./config.ts";
import { inspectAuthServer } from "./inspect.ts";
import { startAuthServer } from "./server.ts";

await runService({
  name: "auth-server",
  arguments: process.argv.slice(2),
  configure: () => readConfig(process.env, takeInheritedSockets(process.env, ["http", "ipc", "admin"])),
  log: (config) => createLog("auth-server", config.logLevel, { toJournal: isJournal(process.env, 2) }),
  inspect: inspectAuthServer,
  start: startAuthServer,
});
