import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An error of the API: `{ "message", "url" }`; some of Forgejo's errors have no `url`. */
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

/** The same error for what does not exist and what the caller may not see. */
export function notFound(): ApiError {
  return new ApiError(404, "The target couldn't be found.");
}
