import type { Plugin } from "rolldown";

/** The media types for which koa and oidc-provider have short names: `json`, `bin`, `urlencoded`, `html`, `text`. */
const mediaTypes = new Set([
  "application/json",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "text/html",
  "text/plain",
]);

/** By the end of their paths, modules of dependencies that cost much at each start for little that is used. */
const lighter: readonly (readonly [path: string, lighten: (code: string) => string])[] = [
  // 2,500 media types, twice, as koa's dependencies have two versions. koa sends others as they are given, without a charset.
  ["/mime-db/db.json", fewMediaTypes],
  // The first object of Intl loads its data; these two are for the texts of errors.
  [
    "/oidc-provider/lib/helpers/formatters.js",
    (code) => code.replaceAll(/new Intl\.ListFormat\([^)]*\)/g, "({ format: (list) => $&.format(list) })"),
  ],
  // Limiters for a dozen databases.
  [
    "/rate-limiter-flexible/index.js",
    () =>
      ["RateLimiterRedis", "RateLimiterRes", "RLWrapperTimeouts"]
        .map((name) => `export { default as ${name} } from "./lib/${name}.js";`)
        .join("\n"),
  ],
];

/** Bundles of dependencies what fjmcp uses, where a bundler cannot see it. One with other contents than expected fails the build. */
export function lighterModules(): Plugin {
  return {
    name: "lighter-modules",
    transform(code, id) {
      const [, lighten] = lighter.find(([path]) => id.endsWith(path)) ?? [];
      if (lighten === undefined) return undefined;
      const lightened = lighten(code);
      if (lightened === code) this.error(`${id} is not what it was: adapt lighter-modules.ts`);
      return { code: lightened, map: null };
    },
  };
}

function fewMediaTypes(json: string): string {
  const types = Object.entries(JSON.parse(json) as Record<string, object>);
  return JSON.stringify(Object.fromEntries(types.filter(([type]) => mediaTypes.has(type))));
}
