import { html } from "hono/html";
import { defaultToolsets, type Toolset } from "@fjmcp/shared/oauth/toolsets";
import type { ConsentChoice } from "../consent-choice.ts";
import type { AccessLevel, ConsentOffer, OfferedToolset } from "../consent-offer.ts";
import type { Html } from "./page-layout.ts";
import { toolsetTexts } from "./toolset-texts.ts";

/** The toolsets are ticked that are suggested; nothing else is chosen beforehand. */
export function initialChoice(
  offer: ConsentOffer,
  suggested: readonly Toolset[] = defaultToolsets,
): ConsentChoice {
  const names = offer.toolsets.map(({ name }) => name);
  return {
    level: undefined,
    started: false,
    toolsets: names.filter((name) => suggested.includes(name)),
  };
}

/** The fields of the consent form by which the user chooses. */
export function consentChoices(offer: ConsentOffer, choice: ConsentChoice): Html {
  return html`${offer.levels.length > 1 ? levelField(offer, choice) : onlyLevel(offer, choice)}
  ${toolsetField(offer, choice)}`;
}

const levelTexts: Readonly<Record<AccessLevel, { label: string; about: string }>> = {
  read: { label: "Read only", about: "It can look, and change nothing." },
  write: { label: "Read and write", about: "It can also create, change, merge and delete as you." },
};

function levelField({ levels, includesPrivate }: ConsentOffer, choice: ConsentChoice): Html {
  return html`<fieldset>
    <legend>What may it do?</legend>
    ${levels.map(
      (level) =>
        html`<label class="option">
          <input
            type="radio"
            name="access"
            value="${level}"
            required
            ${choice.level === level ? "checked" : ""}
          />
          <span>${levelTexts[level].label}<small>${levelTexts[level].about}</small></span>
        </label>`,
    )}
    <p class="reach">${reachText(includesPrivate)}</p>
  </fieldset>`;
}

/** One level needs no choice, but an act of the user all the same. */
function onlyLevel({ includesPrivate }: ConsentOffer, { started }: ConsentChoice): Html {
  return html`<fieldset>
    <legend>It may only read</legend>
    <label class="option">
      <input type="checkbox" name="started" value="yes" required ${started ? "checked" : ""} />
      <span
        >I started this<small
          >I have just asked this application to connect. It can look, and change nothing.</small
        ></span
      >
    </label>
    <p class="reach">${reachText(includesPrivate)}</p>
  </fieldset>`;
}

function reachText(includesPrivate: boolean): string {
  return includesPrivate
    ? "Private repositories that you can see are included."
    : "Only what is public is included.";
}

function toolsetField(offer: ConsentOffer, choice: ConsentChoice): Html {
  const suggested = offer.toolsets.filter(({ name }) => defaultToolsets.includes(name));
  const others = offer.toolsets.filter(({ name }) => !defaultToolsets.includes(name));
  const isOpen = others.some(({ name }) => choice.toolsets.includes(name));
  return html`<fieldset>
    <legend>Where?</legend>
    ${suggested.map((toolset) => toolsetOption(toolset, offer, choice))}
    <details ${isOpen ? "open" : ""}>
      <summary>More areas (${others.length})</summary>
      ${others.map((toolset) => toolsetOption(toolset, offer, choice))}
    </details>
  </fieldset>`;
}

function toolsetOption(
  { name, level }: OfferedToolset,
  { levels }: ConsentOffer,
  choice: ConsentChoice,
): Html {
  const { label, about } = toolsetTexts[name];
  const limit = levels.includes("write") && level === "read" ? " (read only)" : "";
  return html`<label class="option">
    <input
      type="checkbox"
      name="toolset"
      value="${name}"
      ${choice.toolsets.includes(name) ? "checked" : ""}
    />
    <span>${label}${limit}<small>${about}</small></span>
  </label>`;
}
