import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import t from "tap";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { lighterModules } from "../src/lighter-modules.ts";

const limiter = "node_modules/rate-limiter-flexible";
const entry = `import * as limiter from "./${limiter}/start.js"; console.log(limiter);`;
const formatters = "node_modules/oidc-provider/lib/helpers/formatters.js";

/** The bundle of `main.js`, one of these files with these contents. */
async function bundled(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = temporaryDirectory(t);
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), contents);
  }
  await using build = await rolldown({ cwd: dir, input: "./main.js", plugins: [lighterModules()] });
  return (await build.generate()).output[0].code;
}

t.test("bundles of a dependency what is used", async (t) => {
  const lib = Object.fromEntries(
    ["RateLimiterRedis", "RateLimiterRes", "RLWrapperTimeouts", "RateLimiterMongo"].map((name) => [
      `${limiter}/lib/${name}.js`,
      `export default "the limiter ${name}";`,
    ]),
  );
  const index = `export { default as RateLimiterMongo } from "./lib/RateLimiterMongo.js";`;
  const start = `export * from "./index.js";`;
  const files = { ...lib, [`${limiter}/index.js`]: index, [`${limiter}/start.js`]: start, "main.js": entry };
  const code = await bundled(files);
  t.match(code, "the limiter RateLimiterRedis");
  t.notMatch(code, "the limiter RateLimiterMongo");
});

t.test("a module of a dependency that has moved fails the build, which names it", async (t) => {
  const start = { "main.js": entry, [`${limiter}/start.js`]: `export * from "./dist/index.js";` };
  await t.rejects(bundled({ ...start, [`${limiter}/dist/index.js`]: "export const limiter = 1;" }), {
    message: /rate-limiter-flexible has no index\.js any more: adapt lighter-modules\.ts/,
  });
});

t.test("a module of a dependency with other contents fails the build", async (t) => {
  const files = { "main.js": `import "./${formatters}";`, [formatters]: "console.log(1);" };
  await t.rejects(bundled(files), {
    message: /formatters\.js is not what it was: adapt lighter-modules\.ts/,
  });
});

t.test("a program without the dependency builds", async (t) => {
  t.match(await bundled({ "main.js": "console.log(1);" }), "console.log(1)");
});
