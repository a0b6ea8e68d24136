import { clientRef } from "@fjmcp/shared/client-ref";
import { clientIdSchema } from "@fjmcp/shared/ids";

interface Owner {
  readonly accountId: string;
  readonly clientId: string;
  readonly login?: string | undefined;
  readonly registeredName?: string | undefined;
}

/** The login and, for other commands, the id of the account: `alice (7)`; the id alone when the login is not known. */
export function userText({ accountId, login }: Pick<Owner, "accountId" | "login">): string {
  return login === undefined ? accountId : `${login} (${accountId})`;
}

/** The name that the client registered with, or else its reference. */
export function clientText({ clientId, registeredName }: Owner): string {
  return registeredName ?? clientRef(clientIdSchema.parse(clientId));
}
