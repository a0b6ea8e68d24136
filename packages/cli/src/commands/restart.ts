import { Argument, type Command } from "commander";
import { systemctl } from "../system/systemd.ts";
import { services } from "../system/units.ts";
import { print } from "../terminal/output.ts";
import { example } from "./common-options.ts";

const daemons = ["session", "auth"] as const;

/** `fjmcp restart`. */
export function addRestartCommand(program: Command): void {
  program
    .command("restart")
    .description("restart a daemon; sessions and connections go on, requests wait")
    .addArgument(new Argument("<daemon>", "which one").choices(daemons))
    .addHelpText("after", example("fjmcp restart session"))
    .action(async (daemon: (typeof daemons)[number]) => {
      const unit = services[daemon];
      await systemctl("restart", unit);
      print(`Restarted ${unit}.`);
    });
}
