import { runCommandLine } from "./command-line.ts";

await runCommandLine(process.argv.slice(2));
// Connections that are kept alive keep no command waiting. All output is written by now, see terminal/output.ts.
process.exit();
