import type { Context } from "hono";
import type { FaultMode } from "./faults.ts";

/** A page that a proxy shows instead of Forgejo; no fault applies to it. */
export const maintenancePath = "/sandbox/maintenance";
export const maintenancePage =
  "<!doctype html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>";

type ResponseFault = Exclude<FaultMode, "hang" | "hold" | "drop-response" | "late-response" | "close">;

const responses: Readonly<Record<ResponseFault, (c: Context) => Response | Promise<Response>>> = {
  "500": (c) => c.text("Internal Server Error", 500),
  "502": (c) => c.html("<html><head><title>502 Bad Gateway</title></head></html>", 502),
  "503": (c) => c.text("Service Unavailable", 503),
  "429": (c) => c.text("Too Many Requests", 429, { "Retry-After": "30" }),
  garbage: (c) => c.body("<<< {not json", 200, { "Content-Type": "application/json" }),
  "html-page": (c) => c.html(maintenancePage),
  "redirect-to-page": (c) => c.redirect(maintenancePath, 302),
  "proxy-401": (c) => c.json({ message: "Authentication is required to use this service" }, 401),
  "proxy-403": (c) => c.json({ message: "Access from this network is not allowed" }, 403),
};

/** The response that replaces Forgejo's. */
export function faultResponse(c: Context, mode: ResponseFault): Response | Promise<Response> {
  return responses[mode](c);
}
