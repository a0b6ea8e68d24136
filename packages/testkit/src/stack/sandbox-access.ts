import type { StackOptions } from "./stack.ts";
import type { SandboxForgejo } from "../forgejo/sandbox-forgejo.ts";

/**
 * The `forgejo` option of `startStack`: creates an application of its own in this sandbox, and with `readOnly` a second one
 * for grants that only read.
 */
export function sandboxAccess(
  forgejo: SandboxForgejo,
  { readOnly = false }: { readOnly?: boolean } = {},
): StackOptions["forgejo"] {
  return async (redirectUri) => {
    const create = (name: string) => forgejo.createApp({ name, redirectUris: [redirectUri] });
    return {
      url: forgejo.url,
      ...(await create("fjmcp")),
      readOnly: readOnly ? await create("fjmcp (read only)") : undefined,
    };
  };
}
