import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import {
  clientIdSchema,
  grantIdSchema,
  hashSchema,
  type AccountId,
  type GrantId,
  type Hash,
} from "@fjmcp/shared/ids";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { DeviceCodeStore } from "../grant/device-code-store.ts";
import type { PersonalTokenDetails } from "../grant/personal-tokens.ts";
import { interactionPath } from "../paths.ts";
import { cookieOptions } from "./configuration.ts";
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
  /** Whether the user can still decide about the device. */
  isPending(code: Hash): Promise<boolean>;
  /** Gives the device a grant; false when the code has expired or was decided before. */
  allow(code: Hash, granted: DeviceGrant): Promise<boolean>;
  /** Ends the request of the device with `access_denied`; false when it was allowed before. */
  deny(code: Hash, description: string): Promise<boolean>;
}

/** The members of a stored DeviceCode that are of use here; oidc-provider's others are kept. */
const deviceCode = z.looseObject({
  clientId: clientIdSchema,
  params: z.record(z.string(), z.unknown()),
  /** Seconds since the epoch. */
  exp: z.number(),
  /** Once it is allowed. */
  grantId: grantIdSchema.optional(),
  /** Once it is denied. */
  error: z.string().optional(),
});
type DeviceCode = z.infer<typeof deviceCode>;

/** How much longer than the code the pages of its user live, which say how it ended. */
const resultSec = 300;

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

  function isPending(stored: DeviceCode | undefined): stored is DeviceCode {
    if (stored === undefined || stored.grantId !== undefined || stored.error !== undefined) return false;
    return stored.exp * 1000 > clock();
  }

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
      const { clientId, params, exp } = deviceCode.parse(JSON.parse(found.payload));
      const livesSec = Math.ceil(exp - clock() / 1000) + resultSec;

      const uid = randomBytes(32).toString("base64url");
      const path = `${interactionPath}/${uid}`;
      const interaction = new Interaction(uid, {
        returnTo: `${provider.issuer}${path}`,
        prompt: { name: "consent", reasons: [], details: {} },
        params: { ...params, client_id: clientId, [userCodeParameter]: userCode },
        deviceCode: found.hash,
      });
      await interaction.save(livesSec);
      const { cookies } = provider.createContext(req, res);
      cookies.set(provider.cookieName("interaction"), uid, {
        ...cookieOptions,
        path,
        maxAge: livesSec * 1000,
      });
      return path;
    },

    async isPending(code) {
      return isPending(await find(code));
    },

    async allow(code, { grantId, ...granted }) {
      const stored = await find(code);
      if (!isPending(stored)) return false;
      const resource = mcpResource(provider.issuer);
      return store.decide(code, {
        payload: JSON.stringify({ ...stored, ...granted, grantId, resource }),
        grantId,
      });
    },

    async deny(code, description) {
      const stored = await find(code);
      if (stored === undefined) return true;
      const denied = { error: "access_denied", errorDescription: description };
      if (await store.decide(code, { payload: JSON.stringify({ ...stored, ...denied }) })) return true;
      return (await find(code))?.grantId === undefined;
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
