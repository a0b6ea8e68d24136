import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { chooseSandbox } from "../../src/worker/sandbox/sandbox-choice.ts";

/** The sandbox of a child that may read the project, where bubblewrap works. */
export const bubblewrap = await chooseSandbox({
  mode: "auto",
  program: process.execPath,
  readPaths: [projectRoot],
  bwrapPath: process.env.PATH,
  path: process.env.PATH,
});

/** Why a test with bubblewrap is skipped; undefined where it works. */
export const bubblewrapMissing = bubblewrap.kind === "bubblewrap" ? undefined : bubblewrap.reason;
