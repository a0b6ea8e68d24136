/** A stream, as its event ids name it. */
interface NamedStream {
  readonly token: string;
  /** The id of its request, as JSON text; undefined for a standalone stream. */
  readonly idJson: string | undefined;
}

/** What a client's Last-Event-ID says. */
export interface EventId {
  readonly token: string;
  /** The number of the event in its stream; undefined: the last event of a stream that is complete. */
  readonly sequence: number | undefined;
  /** The id of the stream's request, as JSON text; undefined when it was too long, and for a standalone stream. */
  readonly idJson: string | undefined;
  /** Of the stream of a GET, which has no response. */
  readonly isStandalone: boolean;
}

/** A longer id of a request is not part of an event's id. */
const maxIdLength = 100;
const pattern = /^([\da-f-]{36})\.(?:end|(\d{1,10})(?:\.([\w-]*))?)$/;

/**
 * The ids of a stream's events, by their sequence numbers: `<token>.<sequence>.<request id>`. They name the request so that
 * the client of a stream that is not known any more, after a restart, gets an error that says so. A standalone stream has no
 * request: `<token>.<sequence>`.
 */
export function eventIdsOf({ token, idJson }: NamedStream): (sequence: number) => string {
  if (idJson === undefined) return (sequence) => `${token}.${sequence}`;
  const requestId = idJson.length > maxIdLength ? "" : Buffer.from(idJson).toString("base64url");
  return (sequence) => `${token}.${sequence}.${requestId}`;
}

/** `<token>.end`: nothing follows, whatever is known of the stream. */
export function lastEventIdOf({ token }: NamedStream): string {
  return `${token}.end`;
}

/** Undefined for what is no id of an event. */
export function parseEventId(text: string): EventId | undefined {
  const [, token, sequence, requestId] = pattern.exec(text) ?? [];
  if (token === undefined) return undefined;
  const id = Buffer.from(requestId ?? "", "base64url").toString("utf8");
  return {
    token,
    sequence: sequence === undefined ? undefined : Number(sequence),
    idJson: isRequestId(id) ? id : undefined,
    isStandalone: sequence !== undefined && requestId === undefined,
  };
}

/** Whether it is the JSON text of a string or an integer as `eventIdsOf` got it: it becomes part of an event. */
function isRequestId(text: string): boolean {
  if (text.length > maxIdLength) return false;
  if (/^-?(?:0|[1-9]\d*)$/.test(text)) return true;
  try {
    const id: unknown = JSON.parse(text);
    return typeof id === "string" && JSON.stringify(id) === text;
  } catch {
    return false;
  }
}
