import { html } from "hono/html";
import { defaultToolsets, type Toolset } from "@fjmcp/shared/oauth/toolsets";
import type { ConsentChoice } from "../consent-choice.ts";
import type { AccessLevel, ConsentOffer, OfferedToolset } from "../consent-offer.ts";
import type { Html } from "../html.ts";
import type { Texts } from "../texts/texts.ts";
import type { PageContext } from "./page-context.ts";

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
export function consentChoices(page: PageContext, offer: ConsentOffer, choice: ConsentChoice): Html {
  return html`${(offer.levels.length > 1 ? levelField : onlyLevel)(page, offer, choice)}
  ${toolsetField(page, offer, choice)}`;
}

/** The choice of a level, with none chosen beforehand. */
export function levelField({ texts }: PageContext, offer: ConsentOffer, choice: ConsentChoice): Html {
  return html`<fieldset>
    <legend>${texts.consent.levelQuestion}</legend>
    ${offer.levels.map(
      (level) =>
        html`<label class="option">
          <input
            type="radio"
            name="access"
            value="${level}"
            required
            ${choice.level === level ? "checked" : ""}
          />
          <span>${texts.levels[level].label}<small>${aboutLevel(texts, level, offer)}</small></span>
        </label>`,
    )}
    ${reach(texts, offer)}
  </fieldset>`;
}

/** One level needs no choice, but an act of the user all the same. */
function onlyLevel({ texts }: PageContext, offer: ConsentOffer, choice: ConsentChoice): Html {
  const { started, onlyReading } = texts.consent;
  return html`<fieldset>
    <legend>${onlyReading}</legend>
    <label class="option">
      <input type="checkbox" name="started" value="yes" required ${choice.started ? "checked" : ""} />
      <span>${started.label}<small>${started.about}</small></span>
    </label>
    ${offer.isReadingEnforced ? html`<p class="reach">${texts.consent.readingEnforced}</p>` : ""}
    ${reach(texts, offer)}
  </fieldset>`;
}

function aboutLevel(texts: Texts, level: AccessLevel, { isReadingEnforced }: ConsentOffer): string {
  const { about } = texts.levels[level];
  return level === "read" && isReadingEnforced ? `${about} ${texts.consent.readingEnforced}` : about;
}

function reach({ consent }: Texts, { includesPrivate }: ConsentOffer): Html {
  return html`<p class="reach">${includesPrivate ? consent.privateIncluded : consent.publicOnly}</p>`;
}

/** The choice of areas: the suggested ones, the others folded away. */
export function toolsetField(page: PageContext, offer: ConsentOffer, choice: ConsentChoice): Html {
  const { toolsetQuestion, moreToolsets } = page.texts.consent;
  const suggested = offer.toolsets.filter(({ name }) => defaultToolsets.includes(name));
  const others = offer.toolsets.filter(({ name }) => !defaultToolsets.includes(name));
  const isOpen = others.some(({ name }) => choice.toolsets.includes(name));
  return html`<fieldset>
    <legend>${toolsetQuestion}</legend>
    ${suggested.map((toolset) => toolsetOption(page, toolset, { offer, choice }))}
    <details ${isOpen ? "open" : ""}>
      <summary>${moreToolsets(others.length)}</summary>
      ${others.map((toolset) => toolsetOption(page, toolset, { offer, choice }))}
    </details>
  </fieldset>`;
}

function toolsetOption(
  { texts }: PageContext,
  { name, level }: OfferedToolset,
  { offer, choice }: { offer: ConsentOffer; choice: ConsentChoice },
): Html {
  const { label, about } = texts.toolsets[name];
  const isLimited = offer.levels.includes("write") && level === "read";
  return html`<label class="option">
    <input
      type="checkbox"
      name="toolset"
      value="${name}"
      ${choice.toolsets.includes(name) ? "checked" : ""}
    />
    <span>${isLimited ? texts.consent.readOnlyToolset(label) : label}<small>${about}</small></span>
  </label>`;
}
