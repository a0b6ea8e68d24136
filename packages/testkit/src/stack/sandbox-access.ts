import type { StackOptions } from "./stack.ts";
import type { SandboxForgejo } from "../forgejo/sandbox-forgejo.ts";

/** The `forgejo` option of `startStack`: creates an application of its own in this sandbox. */
export function sandboxAccess(forgejo: SandboxForgejo): StackOptions["forgejo"] {
  return async (redirectUri) => ({
    url: forgejo.url,
    ...(await forgejo.createApp({ name: "fjmcp", redirectUris: [redirectUri] })),
  });
}
