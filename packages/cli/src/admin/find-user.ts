import { adminPaths, listUsersResponse, type ListUsersResponse } from "@fjmcp/shared/ipc/admin";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { AdminClient } from "./admin-client.ts";

export type User = ListUsersResponse["users"][number];

/** The connected user with this id or login name. Rejects with CommandError when there is none, or more than one. */
export async function findUser(client: AdminClient, name: string): Promise<User> {
  const query = new URLSearchParams({ find: name });
  const { users } = await client.call(`${adminPaths.users}?${query.toString()}`, listUsersResponse);
  const byId = users.find(({ accountId }) => accountId === name);
  const others = users.filter((user) => user !== byId);
  if (byId !== undefined && others.length > 0)
    throw new CommandError(
      exitCodes.usage,
      `${name} is the id of one user and the login name of another (id ${others[0]!.accountId}).`,
      "Name the first one by its login name, the other one by its id.",
    );
  // Forgejo has given the name of one to the other, and fjmcp has not asked again about the first one yet.
  if (others.length > 1)
    throw new CommandError(
      exitCodes.usage,
      `${others.length} users have the login name ${name}, as far as is known here (${others.map(({ accountId }) => `id ${accountId}`).join(", ")}).`,
      "Name the user by the id.",
    );
  const found = byId ?? others[0];
  if (found !== undefined) return found;
  throw new CommandError(
    exitCodes.notFound,
    `No connected user has the id or login name ${name}.`,
    "`fjmcp users --all` lists them.",
  );
}
