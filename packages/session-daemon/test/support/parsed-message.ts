import { parseClientMessage, type ClientRequest } from "../../src/jsonrpc/client-message.ts";
import { InvalidMessageError } from "../../src/jsonrpc/invalid-message-error.ts";

/** The error with which the message is rejected; undefined when it is accepted. */
export function faultOf(body: string): InvalidMessageError | undefined {
  try {
    parseClientMessage(body);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMessageError) return error;
    throw error;
  }
}

export const codeOf = (body: string): number | undefined => faultOf(body)?.code;

/** The message, which has to be a request. */
export function request(body: string): ClientRequest {
  const message = parseClientMessage(body);
  if (message.kind !== "request") throw new Error(`a ${message.kind}`);
  return message.request;
}
