import { sendHttpError, type HttpError } from "../http/http-error.ts";
import { ClientDisconnectedError } from "../http/request-body.ts";
import type { BatchMember } from "../jsonrpc/client-batch.ts";
import type { ClientMessage } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { InvalidMessageError } from "../jsonrpc/invalid-message-error.ts";
import { hasBatches } from "../protocol-versions.ts";
import { BatchResponse } from "./batch-response.ts";
import type { Exchange } from "./exchange.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";
import { namesStatelessVersion } from "./stateless/era-of.ts";
import { hasVersionClaim } from "./stateless/request-meta.ts";

/**
 * Whether batches are accepted in the session that the request names. Throws a 404 HttpError when there is no such one, and a
 * 400 when the MCP-Protocol-Version header names an unsupported version.
 */
export function acceptsBatches({ req, authenticated }: Exchange): boolean {
  if (req.headers["mcp-session-id"] === undefined || namesStatelessVersion(req.headers)) return false;
  const { record } = requireSession(req, authenticated);
  requireSupportedVersion(req);
  return hasBatches(record.protocolVersion);
}

interface BatchHandling {
  readonly keepAliveMs: number;
  readonly handle: (exchange: Exchange, message: ClientMessage) => Promise<void>;
  /** The response to a message that failed; `idJson` is its id, `null` for none. */
  readonly errorFor: (error: unknown, idJson: string) => HttpError;
}

/**
 * Handles each message of a batch by `handle`, as if it had been posted alone, and responds with their responses. A message
 * that fails gets an error of its own, as do one that is none, `initialize` and an id that the batch has twice: others may
 * have been carried out, and a client repeats a batch that failed as a whole. Rejects only with ClientDisconnectedError.
 */
export async function respondToBatch(
  { res, accepted, ...exchange }: Exchange,
  members: readonly BatchMember[],
  { keepAliveMs, handle, errorFor }: BatchHandling,
): Promise<void> {
  const response = new BatchResponse(res, accepted, members.length, keepAliveMs);
  const ids = new Set<string>();
  for (const member of members) {
    const memberRes = response.member();
    try {
      await handle(
        { ...exchange, res: memberRes, accepted: { json: true, sse: false } },
        requireMessage(member, ids),
      );
    } catch (error) {
      if (error instanceof ClientDisconnectedError) throw error;
      sendHttpError(memberRes, errorFor(error, idJsonOf(member)));
    }
  }
}

/** Throws InvalidMessageError. `ids` has those of the requests before, and gets this one's. */
function requireMessage(member: BatchMember, ids: Set<string>): ClientMessage {
  if (member instanceof InvalidMessageError) throw member;
  if (member.kind !== "request") return member;
  const { idJson, method, params } = member.request;
  if (hasVersionClaim(params)) throw invalid("A revision without sessions has no batches.", idJson);
  if (method === "initialize") throw invalid("initialize cannot be part of a batch.", idJson);
  if (ids.has(idJson)) throw invalid("The batch has another request with this id.", idJson);
  ids.add(idJson);
  return member;
}

function invalid(message: string, idJson: string): InvalidMessageError {
  return new InvalidMessageError(errorCodes.invalidRequest, message, idJson);
}

function idJsonOf(member: BatchMember): string {
  return "kind" in member && member.kind === "request" ? member.request.idJson : "null";
}
