#!/usr/bin/env node
import { parseArgs } from "node:util";
import { chatty } from "./modes/chatty.ts";
import { crash } from "./modes/crash.ts";
import { deaf } from "./modes/ignore-signals.ts";
import { echo } from "./modes/echo.ts";
import { garbage } from "./modes/garbage.ts";
import { huge } from "./modes/huge.ts";
import { leaky } from "./modes/leaky.ts";
import { silent } from "./modes/silent.ts";
import { slow } from "./modes/slow.ts";

/**
 * Stub stdio MCP servers for tests: `node stub-child.ts MODE [flags]`; `childCommand` in child-command.ts writes that
 * line. Nothing is asked of the environment.
 *
 * All but `silent` answer initialize, ping, tools/list, resources/list|read|subscribe and these tools:
 *   echo        gives its arguments back as JSON text. `sleepMs` waits first, `progress: N` sends N progress
 *               notifications before that, and `whileExists` names a file that it waits to be gone after that; it
 *               answers although cancelled, unless `quietWhenCancelled: true`
 *   emit        writes each of `lines` as it is, then answers "emitted" (not with `answer: false`)
 *   lines       every line that the child has got so far, byte for byte, as a JSON array
 *   environment the child's whole environment; `process` its pid, argv and cwd
 *   fail        a JSON-RPC error −32603
 *
 * Modes:
 *   echo        nothing more; with --start-hold F it answers initialize only while there is no file F
 *   slow        answers initialize after --start-ms (1000), and each call after --call-ms (1000)
 *   crash       exits with 1 --at start | initialize | call (default call: in the tool `crash`, which is never
 *               answered). With --times N --count-file F only the first N starts crash at start or initialize, with
 *               --while-exists F those that find the file F
 *   chatty      after initialize, and again in the tool `chatter`: log messages, list_changed of all kinds, progress
 *               for unknown tokens, an unknown notification, and requests of its own whose ids (0, 1, 2, "1", …)
 *               collide with anybody's. `replies` gives the responses that it has got to those
 *   huge        the tool `huge` answers with one line of `bytes` (21 MiB); with `endless: true` the line never ends
 *   silent      never answers: --after initialize answers that alone
 *   deaf        ignores stdin's end and SIGTERM, and has a grandchild that does so too; `family` gives both pids, and
 *               --pid-file F has them as JSON
 *   garbage     writes what is not JSON-RPC before every answer; with --only nothing else
 *   leaky       puts the value of --secret-env NAME on stderr at start, and in the error text of the tool `leak`
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    "start-hold": { type: "string" },
    "start-ms": { type: "string", default: "1000" },
    "call-ms": { type: "string", default: "1000" },
    at: { type: "string", default: "call" },
    times: { type: "string" },
    "count-file": { type: "string" },
    "while-exists": { type: "string" },
    after: { type: "string" },
    "pid-file": { type: "string" },
    only: { type: "boolean", default: false },
    "secret-env": { type: "string", default: "" },
  },
});

const modes: Record<string, () => unknown> = {
  echo: () => echo(values["start-hold"]),
  slow: () => slow(Number(values["start-ms"]), Number(values["call-ms"])),
  crash: () =>
    crash(values.at, {
      times: values.times,
      countFile: values["count-file"],
      whileExists: values["while-exists"],
    }),
  chatty,
  huge,
  silent: () => silent(values.after === "initialize"),
  deaf: () => deaf(values["pid-file"]),
  garbage: () => garbage(values.only),
  leaky: () => leaky(values["secret-env"]),
};

const mode = modes[positionals[0] ?? ""];
if (mode === undefined)
  throw new Error(`There is no mode ${positionals[0]}: ${Object.keys(modes).join(", ")}`);
await mode();
