import type { TerminalClient } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { openTerminal } from "./open-terminal.ts";
import { StandInModel } from "./stand-in-model.ts";

/** How a client with a model is driven. */
export interface ModelClientSettings {
  /** Where the model is, and what keeps the client from its vendor. */
  readonly environment: (modelUrl: string) => Readonly<Record<string, string>>;
  /** Writes its configuration into its home before the first start. */
  readonly prepare?: (home: string, modelUrl: string) => Promise<void>;
  /** Changes its configuration once the server is added. */
  readonly configure?: (home: string) => Promise<void>;
  /** The command that lets the model reply once. */
  readonly ask: string;
  /** Whether it fails on results whose text is a list in JSON. */
  readonly failsOnLists?: boolean;
  /** What a tool's result says where the client has made no call of it. */
  readonly rejection?: RegExp;
  /** Milliseconds until the model replies, for a client that connects to the server in the meantime. Default: 0. */
  readonly thinkingMs?: number;
}

/** A client whose model calls the tools: a process for each conversation, which stores its tokens in its home. */
export function modelClient(
  client: TerminalClient,
  programs: string,
  settings: ModelClientSettings,
): StartClient {
  return async (place) => {
    await using opened = new AsyncDisposableStack();
    const model = new StandInModel(settings);
    opened.defer(() => model.close());
    const modelUrl = await model.start();
    const terminal = await openTerminal(programs, place, settings.environment(modelUrl));
    opened.defer(() => terminal.close());
    const commands = client.commands(place.mcpUrl);
    const { add, addSignsIn = false, signIn, signInDialogue } = commands;
    await settings.prepare?.(place.home, modelUrl);
    await terminal.run(add, { onTerminal: true });
    await settings.configure?.(place.home);
    const signInOnTerminal = async () => {
      if (signInDialogue === undefined) await terminal.run(signIn, { onTerminal: true });
      else await terminal.converse(signIn, signInDialogue);
    };
    if (!addSignsIn) await signInOnTerminal();
    const { ask, rejection, failsOnLists = false } = settings;
    const kept = opened.move();
    return {
      async listTools() {
        model.plan(undefined);
        await terminal.run(ask);
        return model.offered;
      },
      async callTool(name, given) {
        model.plan({ name, given });
        const shown = await terminal.run(ask);
        const called = model.result !== undefined && rejection?.test(model.result) !== true;
        if (!called) throw new Error(`${ask}: ${shown}`);
        return shown;
      },
      restart: signInOnTerminal,
      failsOnLists,
      ...terminal.signOutWith(commands),
      close: () => kept.disposeAsync(),
    };
  };
}
