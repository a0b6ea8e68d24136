/** The response of an OAuth endpoint, unchanged; a JSON body is parsed as well. */
export interface OAuthResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as a JSON object; empty when the body is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Sends any request, without following redirects. */
export async function requestOAuth(
  url: string | URL,
  init: RequestInit = {},
  fetchFn: Fetch = fetch,
): Promise<OAuthResponse> {
  const response = await fetchFn(url, { redirect: "manual", ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: objectIn(text) };
}

/** POSTs a form; an array repeats a field, undefined omits it. */
export function postForm(
  url: string | URL,
  fields: FormFields,
  options: { headers?: Record<string, string>; fetch?: Fetch } = {},
): Promise<OAuthResponse> {
  return requestOAuth(
    url,
    { method: "POST", body: formBody(fields), headers: options.headers ?? {} },
    options.fetch,
  );
}

export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>;

export function formBody(fields: FormFields): URLSearchParams {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of value === undefined ? [] : [value].flat()) body.append(name, one);
  }
  return body;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
