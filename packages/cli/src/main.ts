import { runCommandLine } from "./command-line.ts";

await runCommandLine(process.argv.slice(2));
// Connections that are kept alive keep no command waiting. Pipes are written synchronously, so that nothing is lost.
process.exit();
