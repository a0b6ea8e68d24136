import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";

/** The HTTP exchange of one posted message. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly authenticated: Authenticated;
  readonly accepted: AcceptedTypes;
}
