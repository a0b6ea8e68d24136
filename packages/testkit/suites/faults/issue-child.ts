import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("./fixtures/issue-child.ts", import.meta.url));

/** A child that calls Forgejo with the user's token, as the real ones do. */
export const issueChild = {
  name: "issues",
  command: `${process.execPath} ${file.replaceAll(" ", "\\ ")}`,
  env: "FORGEJO_URL={url} FORGEJO_TOKEN={token}",
} as const;
