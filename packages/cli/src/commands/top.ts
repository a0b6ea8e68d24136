import type { Command } from "commander";
import { print, printJson } from "../terminal/output.ts";
import { showLive } from "../top/live-view.ts";
import { renderSnapshot } from "../top/render.ts";
import { takeSnapshot } from "../top/snapshot.ts";
import { adminClient, example, jsonOption, withSocket, type SocketOptions } from "./common-options.ts";

interface TopOptions extends SocketOptions {
  readonly json: boolean;
  readonly once: boolean;
}

/** `fjmcp top`. */
export function addTopCommand(program: Command): void {
  withSocket(program.command("top"))
    .description("what runs now: accounts, clients, workers and calls, refreshed every 2 s; q quits")
    .option("--once", "print it once; as without a terminal", false)
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp top --once"))
    .action(async (options: TopOptions) => {
      const client = adminClient(options);
      const take = () => takeSnapshot(client);
      if (options.json) return printJson(await take());
      if (!options.once && process.stdin.isTTY && process.stdout.isTTY) return await showLive(take);
      return print(renderSnapshot(await take(), { nowSec: Date.now() / 1000 }).join("\n"));
    });
}
