import t from "tap";
import { languages } from "../../src/web/texts/languages.ts";
import { plainContext, samplePages, targetHost } from "../support/sample-pages.ts";

for (const [language, { consent }] of Object.entries(languages)) {
  t.test(`consent pages name the trust tier of a client in ${language}`, async (t) => {
    const pages = samplePages(plainContext(language));
    const tierOn = async (name: string) => {
      const html = String(await pages[name]);
      const [, tier] = new RegExp(`<dt>${consent.identity}</dt>\\s*<dd>(.*?)</dd>`, "s").exec(html) ?? [];
      return tier?.replaceAll(/<[^>]*>/g, "");
    };
    t.equal(await tierOn("consent"), `${consent.unverified} ${consent.registeredItself}`);
    const documented = (await tierOn("consent to a client with a document"))!;
    t.match(documented, targetHost);
    t.notMatch(documented, consent.known);
    const known = (await tierOn("consent to a known client"))!;
    t.ok(known.startsWith(consent.known), known);
    t.match(known, "claude.ai");
    for (const name of ["consent to read", "consent to a known program", "consent to a device"])
      t.equal(await tierOn(name), undefined, `${name} has none`);
    t.match(String(await pages["consent to a known program"]), consent.loopbackWarning);
  });
}
