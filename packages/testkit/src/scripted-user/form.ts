import type { HTMLElement } from "node-html-parser";

/** Identifies a submit button: by its text (or value), or by its name and value. */
export type Button = string | { readonly name: string; readonly value: string };

/** Values by field name; a list stands for several controls of that name, such as ticked boxes. */
export type FieldValues = Readonly<Record<string, string | readonly string[]>>;

export interface FormSubmission {
  readonly method: string;
  /** As written in the page, possibly relative to its URL. */
  readonly action: string;
  readonly fields: URLSearchParams;
}

/** A form of a page. */
export class Form {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  hasField(name: string): boolean {
    return this.#controls().some((control) => control.getAttribute("name") === name);
  }

  hasButton(button: Button): boolean {
    return this.#button(button) !== undefined;
  }

  /**
   * The required boxes and choices that the page leaves open, each with its last value: of radio buttons that is the one
   * that allows most.
   */
  requiredChoices(): Record<string, string> {
    const choices: Record<string, string> = {};
    for (const control of this.#controls()) {
      const name = control.getAttribute("name");
      if (name !== undefined && isChoice(control) && control.hasAttribute("required")) {
        choices[name] = control.getAttribute("value") ?? "on";
      }
    }
    for (const control of this.#controls()) {
      if (control.hasAttribute("checked")) delete choices[control.getAttribute("name") ?? ""];
    }
    return choices;
  }

  /**
   * What a browser sends: the form's own values, replaced by `fields`, and the pressed button. Throws without that
   * button, and when a required choice is open: a browser would send nothing.
   */
  submission(fields: FieldValues, pressed?: Button): FormSubmission {
    const button = pressed === undefined ? this.#buttons()[0] : this.#button(pressed);
    if (pressed !== undefined && button === undefined) {
      throw new Error(`The form has no button ${JSON.stringify(pressed)}`);
    }
    const open = Object.keys(this.requiredChoices()).filter((name) => !(name in fields));
    if (open.length > 0 && !button?.hasAttribute("formnovalidate")) {
      throw new Error(`The form requires ${open.join(", ")}`);
    }
    const sent = new URLSearchParams();
    for (const control of this.#controls()) {
      const name = control.getAttribute("name");
      const value = valueOf(control);
      const replaced = name === undefined ? undefined : fields[name];
      if (name !== undefined && value !== undefined) sent.append(name, String(replaced ?? value));
    }
    for (const [name, values] of Object.entries(fields)) {
      // A single value keeps the field's place.
      if (typeof values === "string") sent.set(name, values);
      else {
        sent.delete(name);
        for (const value of values) sent.append(name, value);
      }
    }
    const buttonName = button?.getAttribute("name");
    if (buttonName !== undefined) sent.append(buttonName, button?.getAttribute("value") ?? "");
    return {
      method: (
        button?.getAttribute("formmethod") ??
        this.#element.getAttribute("method") ??
        "get"
      ).toUpperCase(),
      action: button?.getAttribute("formaction") ?? this.#element.getAttribute("action") ?? "",
      fields: sent,
    };
  }

  #controls(): HTMLElement[] {
    return this.#element.querySelectorAll("input, select, textarea").filter(isEnabled);
  }

  #buttons(): HTMLElement[] {
    return this.#element.querySelectorAll("button, input").filter((element) => {
      const type = (element.getAttribute("type") ?? "").toLowerCase();
      const submits =
        element.tagName === "BUTTON" ? type !== "button" && type !== "reset" : type === "submit";
      return submits && isEnabled(element);
    });
  }

  #button(wanted: Button): HTMLElement | undefined {
    return this.#buttons().find((button) =>
      typeof wanted === "string"
        ? button.text.trim() === wanted || button.getAttribute("value") === wanted
        : button.getAttribute("name") === wanted.name && button.getAttribute("value") === wanted.value,
    );
  }
}

function isEnabled(element: HTMLElement): boolean {
  return !element.hasAttribute("disabled");
}

function isChoice(control: HTMLElement): boolean {
  return ["checkbox", "radio"].includes((control.getAttribute("type") ?? "").toLowerCase());
}

/** Undefined for controls that are not sent: buttons, files, boxes that are not ticked. */
function valueOf(control: HTMLElement): string | undefined {
  if (control.tagName === "TEXTAREA") return control.text;
  if (control.tagName === "SELECT") {
    const option = control.querySelector("option[selected]") ?? control.querySelector("option");
    return option?.getAttribute("value") ?? option?.text;
  }
  const type = (control.getAttribute("type") ?? "text").toLowerCase();
  if (["submit", "button", "reset", "image", "file"].includes(type)) return undefined;
  if (!isChoice(control)) return control.getAttribute("value") ?? "";
  return control.hasAttribute("checked") ? (control.getAttribute("value") ?? "on") : undefined;
}
