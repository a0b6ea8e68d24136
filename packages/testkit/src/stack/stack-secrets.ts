import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes fresh secrets into `dir` and resolves with the variables that name their files. */
export async function writeAuthServerSecrets(
  dir: string,
  forgejo: { clientSecret: string; readOnly?: { clientSecret: string } | undefined },
): Promise<Record<string, string>> {
  const secrets = {
    FJMCP_VAULT_KEY_FILE: randomKey(),
    FJMCP_COOKIE_KEY_FILE: randomKey(),
    FJMCP_DERIVATION_KEY_FILE: randomKey(),
    FJMCP_FORGEJO_CLIENT_SECRET_FILE: forgejo.clientSecret,
    ...(forgejo.readOnly !== undefined && {
      FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: forgejo.readOnly.clientSecret,
    }),
  };
  const files = Object.entries(secrets).map(async ([name, secret]) => {
    const file = join(dir, name.toLowerCase().replace(/^fjmcp_|_file$/g, ""));
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    return [name, file] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

function randomKey(): string {
  return randomBytes(48).toString("base64url");
}
