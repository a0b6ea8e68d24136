import { parse } from "node-html-parser";
import type { BrowserResponse } from "./browser-request.ts";
import { Form, type Button, type FieldValues, type FormSubmission } from "./form.ts";

/** Sends a form of `page` and follows the redirects. */
export type SubmitForm = (page: Page, submission: FormSubmission) => Promise<Page>;

/** The page that the user sees, or the redirect at which the navigation stopped (`externalRedirect`). */
export class Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: BrowserResponse["headers"];
  readonly html: string;
  readonly forms: readonly Form[];
  /** Status and URL of every response of this navigation, the page's own last. */
  readonly redirectChain: readonly { readonly status: number; readonly url: URL }[];
  /** Set when this response redirects to where the navigation must stop, such as a client's redirect URI. */
  readonly externalRedirect: URL | undefined;
  /** The readable text. */
  readonly text: string;
  readonly #submitForm: SubmitForm;

  constructor(
    response: BrowserResponse,
    redirectChain: Page["redirectChain"],
    externalRedirect: URL | undefined,
    submitForm: SubmitForm,
  ) {
    // As in a browser, unclosed tags are closed.
    const root = parse(response.body, { parseNoneClosedTags: true });
    this.url = response.url;
    this.status = response.status;
    this.headers = response.headers;
    this.html = response.body;
    this.redirectChain = redirectChain;
    this.externalRedirect = externalRedirect;
    this.forms = root.querySelectorAll("form").map((form) => new Form(form));
    this.text = (root.querySelector("body") ?? root).structuredText;
    this.#submitForm = submitForm;
  }

  /** The first form that has this button, or this field. */
  form(having: { button?: Button; field?: string }): Form | undefined {
    return this.forms.find(
      (form) =>
        (having.button === undefined || form.hasButton(having.button)) &&
        (having.field === undefined || form.hasField(having.field)),
    );
  }

  /**
   * Fills in `fields` and presses `button` (default: the first) of the first form that has both. Throws when no form
   * has.
   */
  async submit(how: { button?: Button; fields?: FieldValues } = {}): Promise<Page> {
    const { button, fields = {} } = how;
    const names = Object.keys(fields);
    const form = this.forms.find(
      (candidate) =>
        (button === undefined || candidate.hasButton(button)) &&
        names.every((name) => candidate.hasField(name)),
    );
    if (form === undefined)
      throw new Error(`No form with these fields and this button on ${this.describe()}`);
    return this.#submitForm(this, form.submission(fields, button));
  }

  /**
   * Presses `button` after making every required choice of its form, as a user does after reading the page: as `fields`
   * say, else the one that allows most.
   */
  async confirm(button: Button, fields: FieldValues = {}): Promise<Page> {
    return this.submit({ button, fields: { ...this.form({ button })?.requiredChoices(), ...fields } });
  }

  /** Title, status and URL without its query, for an error message. */
  describe(): string {
    const title = /<title>([^<]*)<\/title>/.exec(this.html)?.[1]?.trim() ?? "a page without a title";
    return `“${title}” (${this.status}, ${this.url.origin}${this.url.pathname})`;
  }
}
