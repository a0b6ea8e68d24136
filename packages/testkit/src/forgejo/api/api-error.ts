import type { ContentfulStatusCode } from "hono/utils/http-status";

/** A refusal of the API: `{ "message", "url" }`, the latter left out where Forgejo leaves it out. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode;
  readonly withUrl: boolean;

  constructor(
    status: ContentfulStatusCode,
    message: string,
    options: { withUrl: boolean } = { withUrl: true },
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.withUrl = options.withUrl;
  }
}

/** What is not there and what one may not see look the same. */
export function notFound(): ApiError {
  return new ApiError(404, "The target couldn't be found.");
}
