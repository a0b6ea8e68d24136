import { createLog } from "@fjmcp/shared/log";
import { runService } from "@fjmcp/shared/service/run-service";
import { readConfig } from "./config.ts";
import { startSessionDaemon } from "./daemon.ts";
import { inspectSessionDaemon } from "./inspect.ts";
import { restoreFastProperties } from "./runtime/hidden-classes.ts";

restoreFastProperties();
await runService({
  name: "session-daemon",
  arguments: process.argv.slice(2),
  configure: () => readConfig(process.env),
  log: (config) => createLog("session-daemon", config.logLevel),
  inspect: inspectSessionDaemon,
  start: startSessionDaemon,
});
