import type { Instance } from "../instance.ts";
import type { UserState } from "../user-state.ts";
import { ApiError } from "./api-error.ts";

/** Throws the 403 that every API request of a user in this state gets, if any. It has no `url`. */
export function rejectUnusableAccount(instance: Instance, state: UserState): void {
  const message = rejectionMessage(instance, state);
  if (message !== undefined) throw new ApiError(403, message, { withUrl: false });
}

function rejectionMessage(instance: Instance, state: UserState): string | undefined {
  // Forgejo's AppURL ends with a slash; it adds another one to this address.
  const appUrl = `${instance.url}/`;
  switch (state) {
    case "email-not-confirmed":
      return "This account is not activated.";
    case "not-active":
    case "prohibited":
      return "This account is prohibited from signing in, please contact your site administrator.";
    case "must-change-password":
      return `You must change your password. Change it at: ${appUrl}/user/change_password`;
    case "two-factor-missing":
      return `This Forgejo instance requires users to enable two-factor authentication before they can access their accounts. Enable it at: ${appUrl}user/settings/security`;
    default:
      return undefined;
  }
}
