import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "De naam is opgeslagen.",
    narrowed: "Opgeslagen. Vanaf nu is er minder toegestaan.",
    unchanged: "Er is niets gewijzigd.",
    ended: "Verbroken. De toegang is beëindigd.",
    already_ended: "Deze verbinding was al beëindigd.",
    signed_out: "Je bent uitgelogd van deze pagina.",
    signed_in_again: "Je was intussen uitgelogd, en er is niets gewijzigd. Log in en probeer het opnieuw.",
    forgejo_first:
      "Er is nog geen token aangemaakt. Log nog een keer in met Forgejo, zodat het dit kan toestaan, en maak dan het token aan.",
  },
  reasons: {
    disconnected: "Je hebt deze toegang op deze pagina beëindigd.",
    administrator: "Een beheerder heeft deze toegang beëindigd.",
    client_request: "De toepassing heeft haar toegang zelf opgegeven.",
    code_replay:
      "De aanmelding is twee keer gebruikt, wat een aanval kan zijn. Verbind de toepassing opnieuw.",
    refresh_replay:
      "Er is opnieuw een oude sleutel gebruikt, wat een aanval kan zijn of door een teruggezette back-up kan komen. Verbind de toepassing opnieuw.",
    upstream_invalid:
      "Forgejo heeft de toegang van deze server tot je account beëindigd. Verbind de toepassing opnieuw.",
    application_removed:
      "De beheerder heeft gewijzigd hoe deze server zich bij Forgejo aanmeldt. Verbind de toepassing opnieuw.",
    not_allowed: "De beheerder van deze server staat je account niet meer toe.",
    evicted: "Je account had te veel verbindingen, en deze was het langst niet gebruikt.",
  },
  identities: {
    document: "De toepassing maakt zich bekend op een eigen site.",
    registration: "De toepassing heeft zichzelf geregistreerd; de naam is niet gecontroleerd.",
    none: "Niet bekend: elk programma op je apparaat kan dit adres gebruiken.",
  },
  signInFailures: {
    access_denied: {
      title: "Je bent niet ingelogd",
      detail: "Het inloggen is bij Forgejo geweigerd. Er is niets gewijzigd.",
      advice: "Sluit deze pagina, of probeer het opnieuw.",
    },
    not_allowed: {
      title: "Je mag deze server niet gebruiken",
      detail: "De beheerder van deze server heeft je account niet toegestaan.",
      advice: "Vraag de beheerder om je account toe te staan en noem de referentie hieronder.",
    },
    temporarily_unavailable: {
      title: "Forgejo reageert niet",
      detail: "Daarom kun je hier nu niet inloggen. Je verbindingen ondervinden er geen hinder van.",
      advice: "Probeer het over een paar minuten opnieuw.",
    },
    server_error: {
      title: "Deze server kan je niet inloggen",
      detail:
        "Forgejo en deze server passen op dit moment niet bij elkaar. Je verbindingen ondervinden er geen hinder van.",
      advice: "Meld het aan de beheerder van deze server.",
    },
  },
  faults: {
    not_found: {
      title: "Die verbinding bestaat niet",
      detail: "Misschien is ze beëindigd, of hoort ze bij een ander account.",
      advice: "Kijk in de lijst van je verbindingen.",
    },
    not_administrator: {
      title: "Alleen voor beheerders",
      detail: "Forgejo zegt dat je account er geen beheerder is. Er is niets gewijzigd.",
      advice: "Ben je net beheerder geworden? Log hier uit en weer in.",
    },
    unavailable: {
      title: "Forgejo reageert niet",
      detail: "Daarom kan deze server niet naar je account vragen. Er is niets gewijzigd.",
      advice: "Probeer het over een paar minuten opnieuw.",
    },
    misconfigured: {
      title: "Forgejo en deze server passen niet bij elkaar",
      detail: "Daarom kan deze server niet naar je account vragen. Er is niets gewijzigd.",
      advice: "Meld het aan de beheerder van deze server.",
    },
    other_site: {
      title: "Dit kwam niet van onze pagina",
      detail:
        "Een andere site, of een extensie van je browser, heeft dit formulier verstuurd. Er is niets gewijzigd.",
      advice: "Open de pagina van je verbindingen zelf en handel daar.",
    },
    no_cookie: {
      title: "Je browser heeft de cookie van de pagina niet meegestuurd",
      detail: "Er is niets gewijzigd. De cookie is misschien verlopen, of je browser blokkeert hem.",
      advice: "Sta cookies voor deze site toe en open de pagina opnieuw.",
    },
    wrong_token: {
      title: "Deze pagina is verouderd",
      detail: "Je hebt in- of uitgelogd sinds ze werd geopend. Er is niets gewijzigd.",
      advice: "Open de pagina opnieuw.",
    },
    form_used: {
      title: "Dit formulier is al verstuurd",
      detail: "Het levert één persoonlijk token op, dat één keer wordt getoond. Nu is er niets aangemaakt.",
      advice:
        "Heb je het token niet gekopieerd? Beëindig het in de lijst van je verbindingen en maak een nieuw aan.",
    },
  },
  back: "Terug naar je verbindingen",
  signIn: {
    title: "Je verbonden toepassingen",
    about: (forgejo) =>
      text`Bekijk welke toepassingen je account op ${forgejo} gebruiken, geef ze een naam, beperk ze of verbreek de verbinding.`,
    button: "Inloggen met Forgejo",
    hint: (forgejo) =>
      text`Je logt in op ${forgejo}. Ben je daar al ingelogd, dan wordt er misschien niets gevraagd.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`Misschien ben je op ${forgejo} nog ingelogd: ${signOut("daar uitloggen")}.`,
  },
  signedInAs: (login) => text`Ingelogd als ${login}`,
  signOut: "Uitloggen",
  list: {
    title: "Verbonden toepassingen",
    about: (forgejo) => text`Deze toepassingen kunnen via deze server je account op ${forgejo} gebruiken.`,
    manage: "Beheren",
    emptyTitle: "Er is geen toepassing verbonden",
    empty: "Voeg dit adres in je MCP-client toe als externe MCP-server. Daarna verschijnt hij hier.",
    inForgejo: {
      title: "In Forgejo zelf",
      about: (forgejo) =>
        text`${forgejo} toont deze server als één toepassing. Trek je die daar in, dan stopt alles hierboven tot je hier weer inlogt of er een opnieuw verbindt; definitief verbreek je er een hier.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} toont deze server als twee toepassingen: een voor verbindingen die alleen lezen en een voor verbindingen die ook schrijven. Trek je er daar een in, dan stoppen al haar verbindingen meteen; een enkele verbreek je hier.`,
    },
    allAccounts: "Verbindingen van alle accounts",
  },
  connection: {
    title: "Een verbonden toepassing",
    yourName: "Jouw naam ervoor",
    address: "Het adres",
    may: "Toegestaan",
    areas: "Gebieden",
    since: "Verbonden sinds",
    lastUse: "Laatst gebruikt",
    neverUsed: "Nog niet gebruikt",
    used: (when) => `Laatst gebruikt: ${when}`,
    justNow: "zojuist",
    lastTools: "Laatst gebruikte tools",
    sessions: "Open sessies",
    sessionCount: (count) => {
      if (count === 0) return "Geen";
      return count === 1 ? "1 open sessie" : `${count} open sessies`;
    },
    sessionsUnknown: "Op dit moment niet bekend",
  },
  tokens: {
    title: "Persoonlijke tokens",
    about: "Voor programma’s die geen browser kunnen openen, zoals scripts en CI. Elk handelt in jouw naam.",
    one: "Persoonlijk token",
    made: "Aangemaakt op",
    expires: "Verloopt op",
    expiresOn: (date) => `Verloopt op ${date}`,
    end: {
      title: "Dit token beëindigen",
      about:
        "Programma’s die het gebruiken, worden meteen geweigerd. Het is niet terug te halen: maak dan een nieuw aan.",
      button: "Beëindigen",
    },
    narrowAbout: "Dit geldt meteen. Maak een nieuw token aan om weer meer toe te staan.",
    form: {
      title: "Nieuw persoonlijk token",
      name: "Waar is het voor?",
      nameHint: "Een naam waaraan je het herkent, zoals “nightly-ci”.",
      days: "Voor hoeveel dagen?",
      daysHint: (max) => `Van 1 tot ${max}. Daarna eindigt het vanzelf.`,
      button: "Token aanmaken",
      faults: {
        no_name: "Er is nog niets aangemaakt. Geef hieronder aan waar het token voor is.",
        bad_days: "Er is nog niets aangemaakt. Vul hieronder een heel aantal dagen in, van 1 tot 365.",
        too_often:
          "Er is nog niets aangemaakt: er zijn binnen een minuut te veel tokens aangemaakt. Wacht een minuut en verstuur het formulier opnieuw.",
        too_many:
          "Je hebt zoveel persoonlijke tokens als een account mag hebben. Beëindig er een en maak dan een nieuw.",
      },
    },
    created: {
      title: "Je nieuwe persoonlijke token",
      copy: "Kopieer het nu. Het wordt alleen deze keer getoond en nergens bewaard.",
      header: "Je programma stuurt het in deze header van elk verzoek:",
      address: "De verzoeken gaan naar dit adres:",
      keep: "Houd het geheim: wie het heeft, kan in jouw naam doen wat het mag. Lekt het uit, beëindig het dan op de pagina van je verbindingen.",
    },
  },
  rename: {
    title: "Hernoemen",
    label: "Jouw naam ervoor",
    about: "Alleen jij ziet hem, zoals “laptop” of “werk”. Laat het veld leeg om hem te verwijderen.",
    button: "Naam opslaan",
  },
  narrow: {
    title: "Minder toestaan",
    about: "Dit geldt meteen. Verbreek de verbinding en verbind opnieuw om weer meer toe te staan.",
    noArea: "Er is niets gewijzigd. Laat minstens één gebied aangevinkt, of beëindig de toegang helemaal.",
    button: "Opslaan",
  },
  disconnect: {
    title: "Deze toepassing verbreken",
    about:
      "De toegang eindigt meteen, ook midden in het werk. Verbind de toepassing opnieuw om haar weer te gebruiken.",
    button: "Verbreken",
  },
  history: {
    title: "Wat er onlangs gebeurde",
    viewed: "Een beheerder heeft je verbindingen bekeken.",
    connected: "Je hebt deze toegang verleend.",
    token_created: "Je hebt het gemaakt.",
    narrowed: {
      user: "Je hebt deze toegang op deze pagina beperkt.",
      administrator: "Een beheerder heeft deze toegang beperkt.",
    },
  },
  accounts: {
    title: "Alle accounts",
    about: "Accounts met verbonden toepassingen. Je kunt ze bekijken en verbreken.",
    audited: "Wat je hier doet, wordt vastgelegd en aan de gebruiker van het account getoond.",
    none: "Geen enkel account heeft een verbonden toepassing.",
    unknownLogin: "naam niet bekend",
    id: (id) => `Accountnummer ${id}`,
    count: (count) => (count === 1 ? "1 verbinding" : `${count} verbindingen`),
    open: "Bekijken",
    first: "Eerste pagina",
    next: "Volgende pagina",
    own: "Je eigen verbindingen",
    one: {
      title: "Verbindingen van een account",
      none: "Dit account heeft geen verbonden toepassing.",
      disconnect: "De toegang eindigt meteen. De gebruiker ziet dat een beheerder het deed.",
    },
  },
};
