import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Dialogue } from "../../src/real-clients/client-commands.ts";

const keys = { enter: "\r", down: "\u001B[B" } as const;
/** Of what a program showed last, for people. */
const shownCharacters = 600;
/** A screen has settled when it did not change for so long. A program takes keys that come earlier for pasted text. */
const settledMs = 500;
/** Of an animation that never settles. */
const maxChanges = 10;

/**
 * Goes through a dialogue with a program on a terminal. Rejects, with what the program showed last, where its output ends
 * before the dialogue does. Programs place words with the cursor, so whitespace does not count.
 */
export async function converse(output: Readable, input: Writable, { steps, end }: Dialogue): Promise<void> {
  let shown = "";
  let ended = false;
  let changed = Promise.withResolvers<void>();
  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  output.setEncoding("utf8").on("data", (chunk: string) => {
    shown += chunk;
    change();
  });
  output.once("close", () => {
    ended = true;
    change();
  });
  // The program has ended; the output tells of it.
  input.on("error", () => undefined);

  async function shows(text: string) {
    while (!compact(shown).includes(compact(text))) {
      if (ended) throw new Error(`"${text}" does not follow ${lastOf(shown)}`);
      await changed.promise;
    }
    for (let changes = 0, before = ""; before !== shown && changes < maxChanges; changes += 1) {
      before = shown;
      await sleep(settledMs);
    }
    shown = "";
  }

  for (const { awaits, types, presses = [] } of steps) {
    await shows(awaits);
    if (types !== undefined) {
      input.write(types);
      await shows(types);
      input.write(keys.enter);
    }
    for (const key of presses) {
      input.write(keys[key]);
      await sleep(settledMs);
    }
  }
  await shows(end);
}

function compact(shown: string): string {
  return stripVTControlCharacters(shown).replaceAll(/\s/g, "");
}

function lastOf(shown: string): string {
  return stripVTControlCharacters(shown).replaceAll(/\s+/g, " ").trim().slice(-shownCharacters);
}
