import { html } from "hono/html";

type Html = ReturnType<typeof html>;

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; color: #222; }
  .sandbox { background: #fff3cd; border: 1px solid #e0c96f; border-radius: 6px; padding: .5rem 1rem; }
  label { display: block; margin: 1rem 0 .25rem; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: .4rem; }
  button { font: inherit; padding: .4rem 1.2rem; margin: 1rem .5rem 0 0; }
  .error { color: #a40000; }
  code { overflow-wrap: anywhere; }
`;

/** The layout of every page, with a notice that this is not a real Forgejo. */
export function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · sandbox Forgejo</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <p class="sandbox">
          <strong>sandbox Forgejo: for tests and the demo.</strong> It keeps nothing and protects nothing.
        </p>
        <h1>${title}</h1>
        ${body}
      </body>
    </html>`;
}

/** The hidden field of Forgejo ≤ 13, else nothing. */
export function csrfField(settings: { csrf: boolean }, value: string): Html | string {
  return settings.csrf ? html`<input type="hidden" name="_csrf" value="${value}" />` : "";
}
