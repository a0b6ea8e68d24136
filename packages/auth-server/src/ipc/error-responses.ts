import { newErrorReference } from "@fjmcp/shared/error-reference";
import { errorResponse } from "@fjmcp/shared/ipc/contract-error";
import type { Hono } from "hono";
import type { AuditEvents } from "../audit-events.ts";

/** Makes the app of a private socket respond to errors as `errorResponse` says, and to an unknown path with 404. */
export function addErrorResponses(app: Hono, events: Pick<AuditEvents, "requestFailed">): void {
  app.notFound((c) => c.json({ error: "There is nothing here." }, 404));
  app.onError((failure, c) => {
    const { status, body } = errorResponse(failure, (error) => {
      const reference = newErrorReference();
      events.requestFailed({ path: c.req.path, error, reference });
      return reference;
    });
    return c.json(body, status);
  });
}
