import { runCommandLine } from "./command-line.ts";
import { cancelAtEndOfInput } from "./terminal/end-of-input.ts";

cancelAtEndOfInput();
await runCommandLine(process.argv.slice(2));
// Connections that are kept alive keep no command waiting. All output is written by now, see terminal/output.ts.
process.exit();
