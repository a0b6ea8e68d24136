import { styleText } from "node:util";
import type { PartName } from "@fjmcp/testkit/stack/stack";
import type { Reporter } from "./reporter.ts";

const names: Readonly<Record<PartName, string>> = {
  redis: "redis",
  authServer: "auth-server",
  sessionDaemon: "session-daemon",
};

/** Writes readable lines for a terminal. */
export function textReporter(say: (line: string) => void): Reporter {
  return {
    note: (text) => say(text),
    step({ name, ok, ms, text, leftOut }) {
      const tick = !ok ? styleText("red", "✗") : leftOut ? styleText("yellow", "–") : styleText("green", "✓");
      const time = styleText("dim", `${Math.round(ms)} ms`.padStart(8));
      say(`  ${tick} ${styleText("bold", name.padEnd(11))}${time}  ${text}`);
    },
    restarted: (part, pid) => say(styleText("dim", `    ${names[part]} was restarted, pid ${pid}`)),
    ready(ready, keep) {
      if (!keep) return;
      say("");
      say(`Paste this URL into an MCP client:  ${styleText("bold", ready.mcpUrl)}`);
      say(`Sign in at ${ready.forgejo.url} as:`);
      for (const { name, password } of ready.forgejo.users) say(`  ${name.padEnd(10)} ${password}`);
      if (ready.forgejo.users.length === 0) say("  your own user there");
      say(styleText("dim", `Logs: ${ready.logs.authServer}\n      ${ready.logs.sessionDaemon}`));
      say("Ctrl-C ends everything; afterwards every client must connect again.");
    },
    summary(steps) {
      const total = steps.reduce((sum, { ms }) => sum + ms, 0);
      const failed = steps.filter(({ ok }) => !ok).length;
      const leftOut = steps.filter((step) => step.leftOut).length;
      const done = steps.length - failed - leftOut;
      say("");
      say(
        [`${done} steps done`, leftOut > 0 && `${leftOut} left out`, failed > 0 && `${failed} failed`]
          .filter(Boolean)
          .join(", ") + `, in ${(total / 1000).toFixed(1)} s`,
      );
    },
  };
}
