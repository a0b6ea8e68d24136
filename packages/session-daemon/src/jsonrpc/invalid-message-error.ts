import type { errorCodes } from "./error-codes.ts";

/** The codes of a message that cannot be accepted (JSON-RPC 2.0 §5.1). */
type InvalidMessageCode = (typeof errorCodes)["parse" | "invalidRequest" | "invalidParams"];

/** A client's body that is not an acceptable JSON-RPC message: HTTP 400 with this error, before any child sees it. */
export class InvalidMessageError extends Error {
  readonly code: InvalidMessageCode;
  /** The `id` member of the response, as JSON text: the request's own where it is known, else `null`. */
  readonly idJson: string;

  constructor(code: InvalidMessageCode, message: string, idJson = "null") {
    super(message);
    this.name = "InvalidMessageError";
    this.code = code;
    this.idJson = idJson;
  }
}
