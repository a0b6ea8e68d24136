/** What a request shows a model: the tools that it may call and the result of the call before. */
export interface ModelTurn {
  readonly tools: readonly ModelTool[];
  /** Undefined where the request follows no tool call. */
  readonly toolResult: string | undefined;
  /** Whether the client wants a stream of events. */
  readonly stream: boolean;
}

export interface ModelTool {
  readonly name: string;
  /** Of the Responses API, which groups the tools of a server. */
  readonly namespace?: string;
}

/** What the model does next. */
export type ModelStep =
  | { readonly text: string }
  | { readonly tool: ModelTool; readonly given: Readonly<Record<string, unknown>> };

/** An event of a stream; a string is sent as it is, all else as JSON. */
export interface ModelEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** The response to a client: a body in JSON, or the events of a stream. */
export type ModelResponse = { readonly body: unknown } | { readonly events: readonly ModelEvent[] };

/** The API of a model. */
export interface ModelApi {
  /** Whether it is asked at this path, without the query. */
  readonly path: RegExp;
  readTurn(body: unknown, path: string): ModelTurn;
  respond(step: ModelStep, turn: ModelTurn): ModelResponse;
}
