import { z } from "zod";
import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { quoted } from "./client-terminal.ts";
import { openTerminal } from "./open-terminal.ts";

const listed = z.object({ tools: z.array(z.object({ name: z.string() })) });

/** mcporter, which has no model: a process for each command. */
export function mcporter(programs: string): StartClient {
  return async (place) => {
    const terminal = await openTerminal(programs, place);
    const commands = terminalClients.mcporter.commands(place.mcpUrl);
    const { add, signIn } = commands;
    try {
      await terminal.run(add);
      await terminal.run(signIn);
    } catch (error) {
      terminal.close();
      throw error;
    }
    return {
      async listTools() {
        const { tools } = listed.parse(JSON.parse(await terminal.run("mcporter list forgejo --json")));
        return tools.map(({ name }) => name);
      },
      callTool: (name, given) =>
        terminal.run(`mcporter call forgejo.${name} --args ${quoted(JSON.stringify(given))}`),
      async restart() {
        await terminal.run(signIn);
      },
      ...terminal.signOutWith(commands),
      close: async () => terminal.close(),
    };
  };
}
