import type { Plugin } from "rolldown";

/** The media types for which koa and oidc-provider have short names: `json`, `bin`, `urlencoded`, `html`, `text`. */
const mediaTypes = new Set([
  "application/json",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "text/html",
  "text/plain",
]);

/** A module of a dependency that costs much at each start for little that is used. */
interface LighterModule {
  readonly packageName: string;
  /** In the package's folder. */
  readonly file: string;
  lighten(code: string): string;
}

const lighter: readonly LighterModule[] = [
  // 2,500 media types, twice, as koa's dependencies have two versions. koa sends others as they are given, without a charset.
  { packageName: "mime-db", file: "db.json", lighten: fewMediaTypes },
  // The first object of Intl loads its data; these two are for the texts of errors.
  {
    packageName: "oidc-provider",
    file: "lib/helpers/formatters.js",
    lighten: (code) =>
      code.replaceAll(/new Intl\.ListFormat\([^)]*\)/g, "({ format: (list) => $&.format(list) })"),
  },
  // Limiters for a dozen databases.
  {
    packageName: "rate-limiter-flexible",
    file: "index.js",
    lighten: () =>
      ["RateLimiterRedis", "RateLimiterRes", "RLWrapperTimeouts"]
        .map((name) => `export { default as ${name} } from "./lib/${name}.js";`)
        .join("\n"),
  },
];

/**
 * Bundles of dependencies what fjmcp uses, where a bundler cannot see it. The build fails if one of these modules has other
 * contents than expected, or if a bundle has modules of its package but not it: then it has moved.
 */
export function lighterModules(): Plugin {
  return {
    name: "lighter-modules",
    transform(code, id) {
      const found = lighter.find(({ packageName, file }) => id.endsWith(`/${packageName}/${file}`));
      if (found === undefined) return undefined;
      const lightened = found.lighten(code);
      if (lightened === code) this.error(`${id} is not what it was: adapt lighter-modules.ts`);
      return { code: lightened, map: null };
    },
    buildEnd(error) {
      if (error !== undefined) return;
      const ids = new Set(this.getModuleIds());
      for (const { packageName, file } of lighter) {
        for (const folder of foldersOf(packageName, ids))
          if (!ids.has(`${folder}/${file}`))
            this.error(`${folder} has no ${file} any more: adapt lighter-modules.ts`);
      }
    },
  };
}

/** Where the package is from which these modules are: once for each of its versions. */
function foldersOf(packageName: string, ids: ReadonlySet<string>): Set<string> {
  const folder = `/node_modules/${packageName}`;
  const found = [...ids].filter((id) => id.includes(`${folder}/`));
  return new Set(found.map((id) => id.slice(0, id.lastIndexOf(`${folder}/`)) + folder));
}

function fewMediaTypes(json: string): string {
  const types = Object.entries(JSON.parse(json) as Record<string, object>);
  return JSON.stringify(Object.fromEntries(types.filter(([type]) => mediaTypes.has(type))));
}
