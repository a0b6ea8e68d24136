import { runService } from "@fjmcp/shared/service/run-service";
import { createLog } from "@fjmcp/shared/log";
import { readConfig } from "./config.ts";
import { startAuthServer } from "./server.ts";

await runService({
  arguments: process.argv.slice(2),
  configure: () => readConfig(process.env),
  log: (config) => createLog("auth-server", config.logLevel),
  start: startAuthServer,
});
