import { parseArgs } from "node:util";

const text = { type: "string" } as const;
const flags = {
  "start-hold": text,
  "start-ms": text,
  "call-ms": text,
  at: text,
  times: text,
  "count-file": text,
  "while-exists": text,
  after: text,
  reaction: text,
  "pid-file": text,
  file: text,
  url: text,
  only: { type: "boolean" },
  "secret-env": text,
} as const;

/** The flags of each mode. */
const flagsOf = {
  chatty: [],
  crash: ["at", "times", "count-file", "while-exists"],
  echo: ["start-hold"],
  forgejo: ["url"],
  garbage: ["only"],
  hostile: [],
  huge: [],
  hungry: ["at"],
  "ignore-signals": ["pid-file"],
  leaky: ["secret-env"],
  offended: ["reaction", "count-file"],
  silent: ["after"],
  slow: ["start-ms", "call-ms"],
  stateless: [],
  tools: ["file"],
} as const satisfies Record<string, readonly (keyof typeof flags)[]>;

export type StubMode = keyof typeof flagsOf;

/** What the values of a flag look like, where not every text is one. */
const values: Readonly<Record<string, RegExp>> = {
  "start-ms": /^\d+$/,
  "call-ms": /^\d+$/,
  times: /^\d+$/,
  at: /^(start|initialize|call)$/,
  after: /^initialize$/,
  reaction: /^(exit|silence)$/,
};

/**
 * Reads `MODE [flags]` of the stub child. Throws on an unknown mode, on a flag that the mode does not have, and on a value
 * that it does not know: a flag that is ignored makes a test that shows nothing.
 */
export function parseStubArguments(args: readonly string[]) {
  const { positionals, values: given } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: flags,
  });
  const [mode = ""] = positionals;
  if (positionals.length !== 1 || !isMode(mode))
    throw new Error(`Not one mode: ${positionals.join(" ")}. The modes: ${Object.keys(flagsOf).join(", ")}`);
  const own: readonly string[] = flagsOf[mode];
  for (const [flag, value] of Object.entries(given)) {
    if (!own.includes(flag))
      throw new Error(`The mode ${mode} has no flag --${flag}, only: ${own.join(", ")}`);
    if (values[flag]?.test(String(value)) === false) throw new Error(`Not a value of --${flag}: ${value}`);
  }
  return { mode, flags: given };
}

function isMode(word: string): word is StubMode {
  return Object.hasOwn(flagsOf, word);
}
