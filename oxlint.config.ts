import { defineConfig } from "oxlint";

/** Packages that only some folders may import, each with the lint message for any other folder. */
const reserved = {
  "oidc-provider": "only auth-server/provider imports oidc-provider",
  "prom-client": "only metrics/ imports prom-client",
  ioredis: "only redis/ and the composition roots import ioredis",
  execa: "only session-daemon/worker and the command line spawn",
  "node:child_process": "only session-daemon/worker/child spawns",
};
type Reserved = keyof typeof reserved;

/** The apps that production code of a package must not import; the testkit is never one of its dependencies. */
const foreign = {
  "auth-server": ["session-daemon", "testkit", "demo", "cli"],
  "session-daemon": ["auth-server", "testkit", "demo", "cli"],
  shared: ["auth-server", "session-daemon", "testkit", "demo", "cli"],
  cli: ["auth-server", "session-daemon", "testkit", "demo"],
} as const;

/** A boundary: `files` of `app` may import the reserved packages of `allowed`, and no foreign app. */
function boundary(app: keyof typeof foreign, files: readonly string[], allowed: readonly Reserved[] = []) {
  const denied = Object.entries(reserved).filter(([name]) => !allowed.includes(name as Reserved));
  return {
    files: files.map((file) => `packages/${app}/src/${file}`),
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: denied.map(([name, message]) => ({ name, message })),
          patterns: [
            {
              group: foreign[app].map((name) => `@fjmcp/${name}/**`),
              message: "the apps never import each other, nor the testkit",
            },
          ],
        },
      ],
    },
  } as const;
}

const noDateNow = {
  object: "Date",
  property: "now",
  message: "take a Clock; only the composition roots read it",
};

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "node"],
  categories: { correctness: "error", suspicious: "error", perf: "warn" },
  rules: {
    "no-console": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": [
      "error",
      {
        allowForKnownSafePromises: [{ from: "package", package: "@tapjs/core", name: "PromiseWithSubtest" }],
      },
    ],
    "typescript/consistent-type-imports": "error",
    "import/no-cycle": "error",
    "import/no-unassigned-import": "off",
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/consistent-function-scoping": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "no-underscore-dangle": ["error", { allow: ["_meta"] }],
  },
  ignorePatterns: [".tsbuild", ".tap", "node_modules", ".cache"],
  overrides: [
    boundary("auth-server", ["**"]),
    boundary("auth-server", ["provider/**"], ["oidc-provider"]),
    boundary("auth-server", ["redis/**", "server.ts"], ["ioredis"]),
    boundary("auth-server", ["metrics/**"], ["prom-client"]),
    boundary("session-daemon", ["**"]),
    boundary("session-daemon", ["worker/{command,sandbox}/**"], ["execa"]),
    boundary("session-daemon", ["worker/child/**"], ["execa", "node:child_process"]),
    boundary("session-daemon", ["redis/**", "daemon.ts"], ["ioredis"]),
    boundary("session-daemon", ["metrics/**"], ["prom-client"]),
    boundary("cli", ["**"]),
    boundary("cli", ["system/**"], ["execa"]),
    boundary("shared", ["**"], ["node:child_process"]),
    boundary("shared", ["redis/**"], ["ioredis"]),
    boundary("shared", ["metrics/**"], ["prom-client"]),
    {
      files: ["packages/{auth-server,session-daemon,shared}/src/**"],
      rules: { "no-restricted-properties": ["error", noDateNow] },
    },
    {
      files: [
        "packages/auth-server/src/{server,inspect}.ts",
        "packages/session-daemon/src/{daemon,check-child/main,tool-table/main}.ts",
      ],
      rules: { "no-restricted-properties": "off" },
    },
  ],
});
