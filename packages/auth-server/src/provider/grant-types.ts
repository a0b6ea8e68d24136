/** The grant type of the device authorization grant (RFC 8628 §3.4). */
export const deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code";

/** The grant types of a client that names none. */
export const defaultGrantTypes: readonly string[] = ["authorization_code", "refresh_token"];

/** All that a client may use; the device grant only where its registration lists it. */
export const grantTypes: readonly string[] = [...defaultGrantTypes, deviceGrantType];

/** Whether a client has no use for the authorization endpoint: it connects with a code that its user types elsewhere. */
export function isForDevices(types: unknown): boolean {
  return Array.isArray(types) && types.includes(deviceGrantType) && !types.includes("authorization_code");
}
