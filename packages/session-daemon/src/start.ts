import { createLog } from "@fjmcp/shared/log";
import { runService } from "@fjmcp/shared/service/run-service";
import { readConfig } from "./config.ts";
import { startDaemon } from "./daemon.ts";
import { keepShapesSteady } from "./runtime/hidden-classes.ts";

keepShapesSteady();
await runService({
  arguments: process.argv.slice(2),
  configure: () => readConfig(process.env),
  log: (config) => createLog("session-daemon", config.logLevel),
  start: startDaemon,
});
