import type { IncomingMessage, ServerResponse } from "node:http";
import { errors, type Provider } from "oidc-provider";
import { z } from "zod";
import { clientIdSchema, grantIdSchema, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import { mcpResource, type Scope } from "@fjmcp/shared/oauth/mcp-resource";
import type { GrantStore } from "../grant/grant-store.ts";
import type { GrantedAccess } from "../grant/granted-access.ts";
import type { ForgejoAccount } from "../upstream/tokens/forgejo-login.ts";
import { personalTokenClientId } from "../grant/personal-token.ts";
import {
  personalTokenParameter,
  wantedPersonalToken,
  type WantedPersonalToken,
} from "./wanted-personal-token.ts";
import { deviceOf, type DeviceAuthorizations } from "./device-authorizations.ts";
import { setAccess } from "./overrides/access-of-grants.ts";
import { AlreadyDecidedError } from "./already-decided-error.ts";
import { requestedScopes } from "../grant/requested-scopes.ts";

/** An authorization request that waits for a user's decision and login. */
export interface PendingAuthorization {
  /** Secret: a browser that knows it and holds the cookie may decide. */
  readonly uid: string;
  readonly clientId: ClientId;
  readonly clientName: string | undefined;
  /** Of this request; already validated against the registration. Undefined for a device, which waits elsewhere. */
  readonly redirectUri: string | undefined;
  /** The code of a device, as its user typed it. */
  readonly userCode: string | undefined;
  /** Set when the user is asked for a personal token. */
  readonly personalToken: WantedPersonalToken | undefined;
  /** What the client asks for, which is the most that it can get. */
  readonly requestedScopes: readonly Scope[];
  /** Whether the client can refresh its tokens: without, its access ends with the first one. */
  readonly mayRefresh: boolean;
  /** When the request was made, in seconds since the epoch. */
  readonly startedAtSec: number;
  /** Set once it is decided: `location` is where the browser continues, again too. */
  readonly completed?: {
    readonly result: "granted" | AuthorizationFailure;
    readonly location: string;
  };
}

/** The errors that end a request without a grant (RFC 6749 §4.1.2.1); the client gets them with its `state` and our `iss`. */
const failureSchema = z.enum(["access_denied", "temporarily_unavailable", "server_error"]);
export type AuthorizationFailure = z.infer<typeof failureSchema>;

/** An account, and the client id of the Forgejo application that its user signed in with. */
type SignedInAccount = Pick<ForgejoAccount, "accountId" | "forgejoClientId">;

/**
 * The authorization requests that are pending. A port for the login, which is no part of oidc-provider. A request that
 * does not exist or has expired is undefined.
 */
export interface PendingAuthorizations {
  /** The request with this uid, if this browser holds its cookie. */
  ofBrowser(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
  ): Promise<PendingAuthorization | undefined>;
  find(uid: string): Promise<PendingAuthorization | undefined>;
  /**
   * Grants `access`, of its scopes those that the client asks for; `location` is where to redirect the browser. Of
   * concurrent decisions the first counts, and there is no grant after another one. Undefined also when the code of a
   * device has expired or was decided before.
   */
  grant(
    uid: string,
    account: SignedInAccount,
    access: GrantedAccess,
  ): Promise<{ grantId: GrantId | undefined; location: string } | undefined>;
  /**
   * Ends the request with an error, unless it was decided; the result is where to redirect the browser. A device gets
   * `access_denied` alone: after any other error its user can type the code again. Undefined also when the device was
   * allowed elsewhere.
   */
  fail(uid: string, error: AuthorizationFailure, description: string): Promise<string | undefined>;
}

export function createPendingAuthorizations(
  provider: Provider,
  devices: Omit<DeviceAuthorizations, "begin">,
  grants: Pick<GrantStore, "revoke">,
  clock: Clock,
): PendingAuthorizations {
  const load = (uid: string) => provider.Interaction.find(uid);
  type Interaction = NonNullable<Awaited<ReturnType<typeof load>>>;

  async function view(interaction: Interaction): Promise<PendingAuthorization | undefined> {
    const client = await describe(interaction);
    if (client === undefined) return undefined;
    return {
      uid: interaction.uid,
      ...client,
      ...targetOf(interaction),
      requestedScopes: scopesOf(interaction),
      startedAtSec: interaction.iat,
      ...(interaction.result !== undefined && {
        completed: {
          result: failureSchema.optional().parse(interaction.result.error) ?? "granted",
          location: interaction.returnTo,
        },
      }),
    };
  }

  async function describe({ params }: Interaction) {
    const clientId = clientIdSchema.parse(params.client_id);
    const personalToken = wantedBy(params);
    if (personalToken !== undefined) {
      return { clientId, clientName: personalToken.name, personalToken, mayRefresh: false };
    }
    const client = await provider.Client.find(clientId);
    if (client === undefined) return undefined;
    const mayRefresh = client.grantTypeAllowed("refresh_token");
    return { clientId, clientName: client.clientName, personalToken, mayRefresh };
  }

  function targetOf(interaction: Interaction) {
    const device = deviceOf(interaction);
    return {
      redirectUri: device === undefined ? String(interaction.params.redirect_uri) : undefined,
      userCode: device?.userCode,
    };
  }

  const scopesOf = ({ params }: Interaction) => requestedScopes(params.scope as string | undefined);

  /** Resolves with whether this is the decision that counts. */
  async function decide(interaction: Interaction, result: Interaction["result"]): Promise<boolean> {
    interaction.result = result;
    try {
      await interaction.persist();
      return true;
    } catch (error) {
      if (error instanceof AlreadyDecidedError) return false;
      throw error;
    }
  }

  return {
    async ofBrowser(req, res, uid) {
      try {
        const interaction = await provider.interactionDetails(req, res);
        // oidc-provider checks the cookie only: the path must name the same interaction.
        return interaction.uid === uid ? await view(interaction) : undefined;
      } catch (error) {
        if (error instanceof errors.SessionNotFound) return undefined;
        throw error;
      }
    },

    async find(uid) {
      const interaction = await load(uid);
      return interaction === undefined ? undefined : view(interaction);
    },

    async grant(uid, { accountId, forgejoClientId }, access) {
      const interaction = await load(uid);
      if (interaction === undefined) return undefined;
      const device = deviceOf(interaction);
      // Before the grant is stored: it may evict another one of the account.
      if (device !== undefined && !(await devices.isPending(device.code))) return undefined;
      const wanted = wantedBy(interaction.params);
      const personalToken = wanted && {
        name: wanted.name,
        expiresAtSec: Math.floor(clock() / 1000) + wanted.expiresInSec,
      };
      const grant = new provider.Grant({
        accountId,
        clientId: String(interaction.params.client_id),
      });
      const requested = scopesOf(interaction);
      setAccess(grant, mcpResource(provider.issuer), { requested, access, forgejoClientId, personalToken });
      const grantId = grantIdSchema.parse(await grant.save());
      const granted = { accountId, grantId, scope: grant.getOIDCScope(), personalToken };
      // A grant that no client has heard of is no event for its user.
      if (device !== undefined && !(await devices.allow(device.code, granted))) {
        await grants.revoke(grantId);
        return undefined;
      }
      const location = interaction.returnTo;
      const isFirst = await decide(interaction, { login: { accountId }, consent: { grantId } });
      if (isFirst) return { grantId, location };
      await grants.revoke(grantId);
      return { grantId: undefined, location };
    },

    async fail(uid, error, description) {
      const interaction = await load(uid);
      if (interaction === undefined) return undefined;
      const device = deviceOf(interaction);
      // First, so that a repeat after a failure finds the decision open and informs the device.
      if (device !== undefined && error === "access_denied") {
        if (!(await devices.deny(device.code, description))) return undefined;
      }
      await decide(interaction, { error, error_description: description });
      return interaction.returnTo;
    },
  };
}

/** What the built-in client of personal tokens asks for; undefined for any other client, whatever it sends. */
function wantedBy(params: Readonly<Record<string, unknown>>): WantedPersonalToken | undefined {
  if (params.client_id !== personalTokenClientId) return undefined;
  return wantedPersonalToken.parse(params[personalTokenParameter]);
}
