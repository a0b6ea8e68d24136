import type { Page } from "playwright-core";

/** The blocks whose content is wider than they are, except those that scroll, as fields do. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll("main, main *")]
    .filter((one) => {
      if (one.localName === "input") return false;
      const { display, overflowX } = getComputedStyle(one);
      return display !== "inline" && overflowX !== "auto" && one.scrollWidth > one.clientWidth + 1;
    })
    .map((one) => one.outerHTML.slice(0, 80))`);
}

/** The lines in which a browser shows an element's text. */
export function lines(page: Page, selector: string): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const shown = new Map();
    const walker = document.createTreeWalker(document.querySelector("${selector}"), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (let at = 0; at < node.data.length; at += 1) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const [box] = range.getClientRects();
        if (box === undefined || box.width === 0) continue;
        const top = Math.round(box.top);
        shown.set(top, (shown.get(top) ?? "") + node.data[at]);
      }
    }
    return [...shown.values()];
  })()`);
}

/** The contrast ratio of an element's text to its ground (WCAG 2.2 §1.4.3). */
export function contrast(page: Page, selector: string): Promise<number> {
  return page.evaluate<number>(`(() => {
    const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
    const isSolid = (color) => (numbers(color)[3] ?? 1) > 0;
    const luminance = (color) => {
      const [r, g, b] = numbers(color).slice(0, 3).map((one) => {
        const part = one / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const element = document.querySelector("${selector}");
    let ground = element;
    while (!isSolid(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    const both = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(luminance);
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  })()`);
}
