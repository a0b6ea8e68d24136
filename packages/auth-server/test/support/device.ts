import { postForm, type OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import type { Page } from "@fjmcp/testkit/scripted-user/page";
import type { ScriptedUser, SignInOptions } from "@fjmcp/testkit/scripted-user/scripted-user";
import { postJson } from "./client.ts";

export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** What a device has after its request. */
export interface Device {
  readonly clientId: string;
  readonly deviceCode: string;
  readonly userCode: string;
  readonly filledIn: string;
}

/** Registers a client that uses the device grant alone. */
export async function registerDevice(origin: string, more: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await postJson(`${origin}/oauth/register`, {
    client_name: "A device",
    grant_types: [deviceGrant, "refresh_token"],
    token_endpoint_auth_method: "none",
    ...more,
  });
  if (status !== 201) throw new Error(`registration: ${status} ${String(body.error_description)}`);
  return String(body.client_id);
}

export function requestDeviceCode(
  origin: string,
  clientId: string,
  more: Record<string, string> = {},
): Promise<OAuthResponse> {
  return postForm(`${origin}/oauth/device`, { client_id: clientId, ...more });
}

/** Registers, and gets a code. */
export async function startDevice(origin: string, more: Record<string, string> = {}): Promise<Device> {
  const clientId = await registerDevice(origin);
  const { status, body } = await requestDeviceCode(origin, clientId, more);
  if (status !== 200) throw new Error(`no device code: ${status} ${String(body.error)}`);
  return {
    clientId,
    deviceCode: String(body.device_code),
    userCode: String(body.user_code),
    filledIn: String(body.verification_uri_complete),
  };
}

export function poll(origin: string, { clientId, deviceCode }: Device): Promise<OAuthResponse> {
  return postForm(`${origin}/oauth/token`, {
    grant_type: deviceGrant,
    client_id: clientId,
    device_code: deviceCode,
  });
}

/** Types the code; the consent page, or the same page with a fault. */
export async function typeCode(origin: string, user: ScriptedUser, userCode: string): Promise<Page> {
  const page = await user.visit(`${origin}/device`);
  return page.submit({ fields: { user_code: userCode } });
}

/** Types the code, allows and signs in; the page with the result. */
export async function allowDevice(
  origin: string,
  user: ScriptedUser,
  userCode: string,
  how: Partial<SignInOptions> = {},
): Promise<Page> {
  const consent = await typeCode(origin, user, userCode);
  const end = await user.signInAndAllow(consent.url, {
    // After the sign-in, the browser returns to where it has decided.
    stopAt: endOf(consent.url),
    ...how,
  });
  return user.visit(end);
}

/** Stops at the second visit of the page: the first is that of the consent. */
function endOf(consent: URL): (url: URL) => boolean {
  return (url) => url.pathname === consent.pathname && url.origin === consent.origin;
}
