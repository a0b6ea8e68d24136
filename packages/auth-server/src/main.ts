import { runService } from "@fjmcp/shared/service/run-service";
import { createLog } from "@fjmcp/shared/log";
import { readConfig } from "./config.ts";
import { inspectAuthServer } from "./inspect.ts";
import { startAuthServer } from "./server.ts";

await runService({
  name: "auth-server",
  arguments: process.argv.slice(2),
  configure: () => readConfig(process.env),
  log: (config) => createLog("auth-server", config.logLevel),
  inspect: inspectAuthServer,
  start: startAuthServer,
});
