import { jsonOf } from "@fjmcp/shared/json-of";
import { fetchFailure } from "@fjmcp/shared/net/fetch-failure";
import { userAgent } from "@fjmcp/shared/user-agent";
import { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { configurationPath } from "../system/units.ts";

const timeoutMs = 15_000;
/** Both have the same redirect URI: a new one is known by its name. */
const applicationNames = { first: "fjmcp", readOnly: "fjmcp (read only)" };

const pageSize = 50;

const application = z.object({
  id: z.number(),
  name: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  redirect_uris: z.array(z.string()),
});

/** The application for all connections, or the optional one for those that only read. */
export type ApplicationKind = keyof typeof applicationNames;

/** An OAuth2 application in Forgejo, with its secret. */
export interface ForgejoApplication {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An application as the installation has it. */
export interface StoredApplication {
  readonly clientId: string;
  readonly hasSecret: boolean;
}

/** The applications of the token's user. Others, such as instance-wide ones, are out of its reach. */
interface OwnApplications {
  /** Throws CommandError unless there is an application with this client id. */
  require(clientId: string): void;
  /**
   * Creates the application; or gives the stored one, or one with this redirect URI, the URI and a new secret: what an
   * earlier run has created, and could not store. Forgejo makes a new secret with each change, so nothing is changed, and
   * undefined is the result, when the stored application has the URI, and its secret is stored. The application with
   * `otherClientId`, of the other kind, is never taken. Rejects with CommandError.
   */
  ensure(
    redirectUri: string,
    known: {
      kind: ApplicationKind;
      stored: StoredApplication | undefined;
      otherClientId: string | undefined;
    },
  ): Promise<ForgejoApplication | undefined>;
}

/**
 * Lists the applications of the user of `token`, a personal access token with `write:user`, which is used for them alone.
 * Rejects with CommandError.
 */
export async function listOwnApplications(forgejoUrl: string, token: string): Promise<OwnApplications> {
  const url = `${forgejoUrl}/api/v1/user/applications/oauth2`;
  const existing = await listApplications(url, token);
  return {
    require(clientId) {
      if (!existing.some(({ client_id: id }) => id === clientId)) throw notOwn(clientId);
    },

    async ensure(redirectUri, { kind, stored, otherClientId }) {
      const configured = existing.find(({ client_id: id }) => id === stored?.clientId);
      if (stored?.hasSecret && configured?.redirect_uris.includes(redirectUri)) return undefined;
      const isOfKind = ({ name, client_id: id }: { name: string; client_id: string }) =>
        id !== otherClientId && (name === applicationNames.readOnly) === (kind === "readOnly");
      const same =
        configured ?? existing.find((one) => isOfKind(one) && one.redirect_uris.includes(redirectUri));
      const wanted = {
        name: same?.name ?? applicationNames[kind],
        redirect_uris: [...new Set([...(same?.redirect_uris ?? []), redirectUri])],
        confidential_client: true,
      };
      const made =
        same === undefined
          ? await send({ url, token, method: "POST", body: wanted }, application)
          : await send({ url: `${url}/${same.id}`, token, method: "PATCH", body: wanted }, application);
      const { client_id: clientId, client_secret: clientSecret } = made;
      return { clientId, clientSecret };
    },
  };
}

function notOwn(clientId: string): CommandError {
  return new CommandError(
    exitCodes.configuration,
    `The token's user has no application ${clientId}, which this installation uses. Nothing was changed in Forgejo.`,
    `Give a token of its owner. If it belongs to the whole instance, leave --token-stdin out, and change it in Forgejo by hand. If it was deleted, remove its client id from /${configurationPath} first.`,
  );
}

/** All pages: Forgejo may have a smaller page size than the one that is asked for. */
async function listApplications(url: string, token: string): Promise<z.infer<typeof application>[]> {
  const found = new Map<number, z.infer<typeof application>>();
  for (let page = 1; ; page += 1) {
    const query = `limit=${pageSize}&page=${page}`;
    const response = await send({ url: `${url}?${query}`, token, method: "GET" }, z.array(application));
    const added = response.filter(({ id }) => !found.has(id));
    if (added.length === 0) return [...found.values()];
    for (const each of added) found.set(each.id, each);
  }
}

/** Rejects with CommandError when there is no response that matches the schema. */
async function send<Schema extends z.ZodType>(
  { url, token, method, body }: { url: string; token: string; method: string; body?: object },
  schema: Schema,
): Promise<z.infer<Schema>> {
  const { origin } = new URL(url);
  const failed = (error: unknown) => {
    throw new CommandError(
      exitCodes.unavailable,
      `${origin} does not respond (${fetchFailure(error)}).`,
      "Correct the Forgejo URL, or start Forgejo, and run fjmcp setup again.",
    );
  };
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `token ${token}`,
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": userAgent,
    },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(failed);
  if (response.ok) {
    const text = await response.text().catch(failed);
    const { data, success } = schema.safeParse(jsonOf(text));
    if (success) return data;
    throw new CommandError(
      exitCodes.configuration,
      `${origin} does not respond as a Forgejo (status ${response.status}).`,
      "Correct the Forgejo URL, or let its API through the login of a proxy in front of it, and run fjmcp setup again.",
    );
  }
  // Forgejo's messages may repeat the token.
  throw new CommandError(
    exitCodes.configuration,
    `Forgejo rejects the creation of the application (status ${response.status}).`,
    response.status === 401 || response.status === 403
      ? "The token must be valid and have the scope write:user. Without one, create the application by hand: leave the token out."
      : "Create the application by hand: leave the token out.",
  );
}

/** What to do in Forgejo's pages instead. */
export function applicationInstructions(
  forgejoUrl: string,
  redirectUri: string,
  kind: ApplicationKind = "first",
): string {
  return `Create the application in Forgejo:
  1. Open ${forgejoUrl}/user/settings/applications as its future owner.
  2. Under “Create a new OAuth2 application”, enter
       Application name:  ${applicationNames[kind]}
       Redirect URIs:     ${redirectUri}
     and leave “Confidential client” ticked.
  3. Forgejo then shows the client id, and the client secret once.`;
}
