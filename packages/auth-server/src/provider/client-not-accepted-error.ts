import { errors } from "oidc-provider";

/** Today's ClientPolicy rejects the client; the message says why. It is shown here: such an address gets no redirect. */
export class ClientNotAcceptedError extends errors.InvalidClient {
  override readonly allow_redirect = false;
}
