import type { Instance } from "../instance.ts";

/**
 * The message of the API's 401 for a token that is not valid. From v16 on it joins the errors of five authentication
 * methods, two of which contain the token.
 */
export async function unauthorizedMessage(instance: Instance, token: string): Promise<string> {
  if (instance.settings.unauthorizedStyle === "v15") return "user does not exist [uid: 0, name: ]";
  return [
    await oauth2Error(instance, token),
    `access token does not exist [sha: ${token}]`,
    "token is unverifiable: error while executing keyfunc: unexpected signing method: RS256",
    `task with token "${token}": resource does not exist`,
    "authorized integration: parse JWT error: token is unverifiable: error while executing keyfunc",
  ].join("\n");
}

async function oauth2Error(instance: Instance, token: string): Promise<string> {
  const claims = await instance.signer.verify(token);
  if (claims?.tt === 0) return "oauth2 grant not found or revoked";
  if (claims?.tt === 1) return "token was not an oauth2 access token";
  return token.split(".").length === 3
    ? "token has invalid claims: token is expired"
    : "token is malformed: token contains an invalid number of segments";
}
