/** What an OAuth endpoint answered, untouched but for parsing JSON where it is JSON. */
export interface OAuthAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON object; empty where the body was none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Sends any request; redirects are not followed. */
export async function ask(
  url: string | URL,
  init: RequestInit = {},
  fetchFn: Fetch = fetch,
): Promise<OAuthAnswer> {
  const response = await fetchFn(url, { redirect: "manual", ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: objectIn(text) };
}

/** POSTs a form; an array gives a field several times, undefined leaves it out. */
export function postForm(
  url: string | URL,
  fields: FormFields,
  options: { headers?: Record<string, string>; fetch?: Fetch } = {},
): Promise<OAuthAnswer> {
  return ask(url, { method: "POST", body: formBody(fields), headers: options.headers ?? {} }, options.fetch);
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
