import t from "tap";
import { requestOAuth } from "@fjmcp/testkit/oauth-client/oauth-request";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const client = await register(origin);

t.test("names the format and the limit of a body that cannot be read", async (t) => {
  const maxBytes = 56 * 1024;
  const fill = (start: string, end: string, bytes: number) =>
    start + "x".repeat(bytes - start.length - end.length) + end;
  const formOf = (bytes: number) => fill(`client_id=${client.clientId}&x=`, "", bytes);
  const metadataOf = (bytes: number) => fill('{"redirect_uris":[],"x":"', '"}', bytes);
  for (const [path, type, bodyOf] of [
    ["token", "application/x-www-form-urlencoded", formOf],
    ["revoke", "application/x-www-form-urlencoded", formOf],
    ["device", "application/x-www-form-urlencoded", formOf],
    ["register", "application/json", metadataOf],
  ] as const) {
    const post = (body: string | ReadableStream) =>
      requestOAuth(`${origin}/oauth/${path}`, {
        method: "POST",
        headers: { "content-type": type },
        body,
        ...(typeof body !== "string" && { duplex: "half" }),
      });
    const limit = new RegExp(`${type === "application/json" ? "JSON" : "a form"} of at most 56 KiB`);
    const large = bodyOf(maxBytes + 1);
    for (const body of [large, new Blob([large]).stream()]) {
      const what = `${path}, ${typeof body}`;
      const response = await post(body);
      t.match(response, { status: 400, body: { error: "invalid_request", error_description: limit } }, what);
    }
    t.notMatch((await post(bodyOf(maxBytes))).body.error_description, limit, `${path}, the largest body`);
  }
  const { body } = await requestOAuth(`${origin}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{",
  });
  t.match(body.error_description, /JSON of at most 56 KiB/);
});
