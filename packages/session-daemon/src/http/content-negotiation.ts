import type { IncomingHttpHeaders } from "node:http";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "./http-error.ts";

/** The response types that a client accepts. */
export interface AcceptedTypes {
  readonly json: boolean;
  readonly sse: boolean;
}

const everything: AcceptedTypes = { json: true, sse: true };
const json = "application/json";
/** The header that nearly every client sends, character for character: a fast path. */
const both = `${json}, text/event-stream`;

/** Reads an Accept header (RFC 9110 §12.5.1). A missing one accepts everything; `q=0` excludes a type. */
export function acceptedTypes(header: string | undefined): AcceptedTypes {
  if (header === undefined || header === both || header.trim() === "") return everything;
  const ranges = header.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    return { type, isExcluded: parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) };
  });
  const accepts = (type: string) => {
    const candidates = [type, `${type.split("/")[0]}/*`, "*/*"];
    const closest = candidates
      .map((candidate) => ranges.find((range) => range.type === candidate))
      .find((range) => range !== undefined);
    return closest !== undefined && !closest.isExcluded;
  };
  return { json: accepts(json), sse: accepts("text/event-stream") };
}

/** The second is the name that some clients give it; JSON itself has no such parameter (RFC 8259 §11). */
const utf8Names: ReadonlySet<string> = new Set(["utf-8", "utf8"]);

/** Throws a 415 HttpError unless the body is declared to be plain JSON in UTF-8. */
export function requireJsonBody(headers: IncomingHttpHeaders): void {
  if (headers["content-type"] === json && headers["content-encoding"] === undefined) return;
  const [type, ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters
    .map((parameter) => parameter.split("=", 2).map((part) => part.trim()))
    .find(([name]) => name === "charset")?.[1]
    ?.replaceAll('"', "");
  const encoding = headers["content-encoding"]?.toLowerCase() ?? "identity";
  const isUtf8 = charset === undefined || utf8Names.has(charset);
  if (type?.trim() === json && isUtf8 && encoding === "identity") return;
  throw new HttpError(
    415,
    errorCodes.serverError,
    "Send the message as Content-Type: application/json in UTF-8, not compressed.",
  );
}
