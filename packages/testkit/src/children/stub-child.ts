#!/usr/bin/env node
import { chatty } from "./modes/chatty.ts";
import { crash } from "./modes/crash.ts";
import { ignoreSignals } from "./modes/ignore-signals.ts";
import { echo } from "./modes/echo.ts";
import { hostile } from "./modes/hostile.ts";
import { hungry } from "./modes/hungry.ts";
import { garbage } from "./modes/garbage.ts";
import { huge } from "./modes/huge.ts";
import { leaky } from "./modes/leaky.ts";
import { offended } from "./modes/offended.ts";
import { silent } from "./modes/silent.ts";
import { slow } from "./modes/slow.ts";
import { stateless } from "./modes/stateless.ts";
import { forgejo } from "./modes/forgejo.ts";
import { tools } from "./modes/tools.ts";
import { parseStubArguments, type StubMode } from "./stub-arguments.ts";

/**
 * Stub stdio MCP servers for tests: `node stub-child.ts MODE [flags]`; `childCommand` in child-command.ts writes that
 * line. No environment variable is needed; an unknown mode, flag or value is an error (stub-arguments.ts).
 *
 * All but `silent` respond to initialize, ping, tools/list, resources/list|read|subscribe and these tools:
 *   echo        returns its arguments as JSON text. `progress: N` first sends N progress notifications, then `sleepMs`
 *               waits, then `whileExists` waits until the file that it names is removed; it responds although
 *               cancelled, unless `quietWhenCancelled: true`
 *   emit        writes each of `lines` unchanged, then returns "emitted" (no response with `respond: false`)
 *   lines       every line that the child has received so far, byte for byte, as a JSON array
 *   environment the child's whole environment; `process` its pid, argv and cwd
 *   fail        a JSON-RPC error −32603
 *
 * Modes:
 *   echo        nothing more; with --start-hold F it responds to initialize only while the file F does not exist
 *   slow        responds to initialize after --start-ms (1000), and to each call after --call-ms (1000)
 *   crash       exits with 1 --at start | initialize | call (default call: in the tool `crash`, which gets no
 *               response). With --times N --count-file F only the first N starts crash at start or initialize, with
 *               --while-exists F those that find the file F
 *   chatty      after initialize, and again in the tool `chatter`: log messages, list_changed of all kinds, progress
 *               for unknown tokens, an unknown notification, and requests of its own whose ids (0, 1, 2, "1", …)
 *               collide with those of clients. `replies` returns the responses that it has received to those
 *   huge        the tool `huge` responds with one line of `bytes` (21 MiB); with `endless: true` the line never ends
 *   silent      never responds; with --after initialize it responds to initialize alone
 *   ignore-signals  ignores SIGTERM and the end of stdin, and so does its child process; `family` returns both pids, and
 *               --pid-file F writes them as JSON
 *   garbage     writes lines that are not JSON-RPC before every response; with --only nothing else
 *   hostile     tools that try what a child must not do, each with one outcome per attempt, an error code or what it got:
 *               `read`, `write` and `connect` (unix sockets) for each of `paths`, `signal` for each of `pids`,
 *               `run` for each of `commands`, and `processes`: all it can see, with their environment
 *   hungry      the tool `eat` allocates memory until the process ends; with --at start at its start
 *   forgejo     the tool `who_am_i` requests the user from the Forgejo at --url, with FORGEJO_ACCESS_TOKEN and the
 *               User-Agent FORGEJO_USER_AGENT, as forgejo-mcp does
 *   tools       lists the tools of the JSON array in --file F instead of its own
 *   stateless   speaks 2026-07-28 alone. `meta` returns the call's _meta, `change` reports a changed list of tools, `ask`
 *               needs an elicitation, or with `again: true` only to be called again, `log` sends a log message with its
 *               arguments if the call has a level, `touch` reports that `uri` has changed, `streams` returns what is listened to, `endStreams` ends that; modes/listen-streams.ts
 *               says which URIs are special
 *   offended    exits (--reaction exit) or falls silent (--reaction silence) at a request before initialize, and counts its starts in
 *               --count-file F
 *   leaky       writes the value of --secret-env NAME on stderr at start, and in the error text of the tool `leak`
 */
const { mode, flags } = parseStubArguments(process.argv.slice(2));

const modes: Record<StubMode, () => unknown> = {
  echo: () => echo(flags["start-hold"]),
  slow: () => slow(Number(flags["start-ms"] ?? 1000), Number(flags["call-ms"] ?? 1000)),
  crash: () =>
    crash(flags.at ?? "call", {
      times: flags.times,
      countFile: flags["count-file"],
      whileExists: flags["while-exists"],
    }),
  chatty,
  huge,
  silent: () => silent(flags.after === "initialize"),
  "ignore-signals": () => ignoreSignals(flags["pid-file"]),
  hostile,
  hungry: () => hungry(flags.at ?? "call"),
  garbage: () => garbage(flags.only ?? false),
  forgejo: () => forgejo(flags.url ?? ""),
  tools: () => tools(flags.file ?? ""),
  stateless,
  offended: () => offended(flags.reaction ?? "exit", flags["count-file"] ?? ""),
  leaky: () => leaky(flags["secret-env"] ?? ""),
};

await modes[mode]();
