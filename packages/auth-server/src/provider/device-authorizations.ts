import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { clientIdSchema, hashSchema, type AccountId, type GrantId, type Hash } from "@fjmcp/shared/ids";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { DeviceCodeStore } from "../grant/device-code-store.ts";
import type { PersonalTokenDetails } from "../grant/personal-tokens.ts";
import { interactionPath } from "../paths.ts";
import { cookieOptions, interactionSec } from "./configuration.ts";
import { formatUserCode, userCodeHashes, userCodeParameter } from "./user-code.ts";

/** What a device gets. */
interface DeviceGrant {
  readonly accountId: AccountId;
  readonly grantId: GrantId;
  readonly scope: string;
  readonly personalToken?: PersonalTokenDetails | undefined;
}

/** The decision of a user about a device that waits with a code (RFC 8628). Rejects with StoreUnavailableError. */
export interface DeviceAuthorizations {
  /**
   * Starts the authorization of the device whose code was typed in this browser: sets the browser's cookie for it, and
   * resolves with the path of its consent page. Undefined when no such code is pending.
   */
  begin(req: IncomingMessage, res: ServerResponse, userCode: string): Promise<string | undefined>;
  /** Gives the device a grant; false when the code has expired or was decided before. */
  allow(code: Hash, granted: DeviceGrant): Promise<boolean>;
  /** Ends the request of the device with `access_denied`. */
  deny(code: Hash, description: string): Promise<void>;
}

/** The members of a stored DeviceCode that are of use here; oidc-provider's others are kept. */
const deviceCode = z.looseObject({
  clientId: clientIdSchema,
  params: z.record(z.string(), z.unknown()),
  /** Seconds since the epoch. */
  exp: z.number(),
});

/** The constructor, which the library's types leave out. */
type NewInteraction = new (
  uid: string,
  payload: Pick<InstanceType<Provider["Interaction"]>, "returnTo" | "prompt" | "params" | "deviceCode">,
) => InstanceType<Provider["Interaction"]>;

export function createDeviceAuthorizations(deps: {
  provider: Provider;
  store: DeviceCodeStore;
  derivation: SecretDerivation;
  clock: Clock;
}): DeviceAuthorizations {
  const { provider, store, derivation, clock } = deps;
  const Interaction = provider.Interaction as unknown as NewInteraction;

  async function find(code: Hash) {
    const payload = await store.find(code);
    return payload === undefined ? undefined : deviceCode.parse(JSON.parse(payload));
  }

  async function findByUserCode(userCode: string) {
    for (const hash of userCodeHashes(derivation, userCode)) {
      const found = await store.findByUserCode(hash);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  return {
    async begin(req, res, typed) {
      const userCode = formatUserCode(typed);
      if (userCode === undefined) return undefined;
      const found = await findByUserCode(userCode);
      if (found === undefined) return undefined;
      const { clientId, params } = deviceCode.parse(JSON.parse(found.payload));

      const uid = randomBytes(32).toString("base64url");
      const path = `${interactionPath}/${uid}`;
      const interaction = new Interaction(uid, {
        returnTo: `${provider.issuer}${path}`,
        prompt: { name: "consent", reasons: [], details: {} },
        params: { ...params, client_id: clientId, [userCodeParameter]: userCode },
        deviceCode: found.hash,
      });
      await interaction.save(interactionSec);
      const { cookies } = provider.createContext(req, res);
      cookies.set(provider.cookieName("interaction"), uid, {
        ...cookieOptions,
        path,
        maxAge: interactionSec * 1000,
      });
      return path;
    },

    async allow(code, { grantId, ...granted }) {
      const stored = await find(code);
      if (stored === undefined || stored.exp * 1000 <= clock()) return false;
      const resource = mcpResource(provider.issuer);
      return store.decide(code, {
        payload: JSON.stringify({ ...stored, ...granted, grantId, resource }),
        grantId,
      });
    },

    async deny(code, description) {
      const stored = await find(code);
      if (stored === undefined) return;
      const denied = { error: "access_denied", errorDescription: description };
      await store.decide(code, { payload: JSON.stringify({ ...stored, ...denied }) });
    },
  };
}

/** The device code of an interaction, by its hash; undefined for an authorization request of the browser's own client. */
export function deviceOf(interaction: {
  deviceCode?: string | undefined;
  params: Readonly<Record<string, unknown>>;
}): { code: Hash; userCode: string } | undefined {
  const { deviceCode: code, params } = interaction;
  return code === undefined
    ? undefined
    : { code: hashSchema.parse(code), userCode: String(params[userCodeParameter]) };
}
