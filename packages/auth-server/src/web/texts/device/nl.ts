import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Een apparaat verbinden",
  heading: "Een apparaat of programma verbinden",
  intro: "Een apparaat of programma zonder browser toont een code en wacht. Voer de code hier in.",
  introFilledIn: "Vergelijk deze code met die op je apparaat of in je programma.",
  label: "Code",
  confirm: "Mijn apparaat toont deze code",
  confirmAbout: "Ik heb dit daar zojuist zelf gestart.",
  submit: "Doorgaan",
  warning:
    "Ga alleen door als je dit zelf hebt gestart. Kwam de code in een bericht, een mail of een telefoongesprek, sluit dan deze pagina: je zou het apparaat van een vreemde met je account verbinden.",
  after: "Hierna zie je wat om toegang vraagt, en beslis je.",
  tokenNamed: "Een persoonlijk token, voor een programma dat zonder jou draait, met de naam",
  waitsWith: "Wacht elders, met de code",
  consentWarning:
    "Sta het alleen toe als je het zelf hebt gestart en precies deze code ziet. Een code die iemand je stuurde, zou een vreemde jouw toegang geven.",
  faults: {
    unknown_code:
      "Die code bestaat niet. Vergelijk hem met je apparaat; na tien minuten verloopt een code, en heeft het apparaat een nieuwe nodig.",
    not_confirmed: "Er is nog niets verbonden. Vink het vakje aan als je apparaat deze code toont.",
    expired:
      "Deze pagina stond te lang open, of je browser heeft de cookie niet bewaard. Probeer het opnieuw.",
  },
  paused: {
    title: "Te veel verkeerde codes",
    detail: "Deze browser heeft meerdere codes gestuurd die niet bestaan.",
    advice: (wait) => `Wacht ${wait}, begin opnieuw op je apparaat en voer de nieuwe code in.`,
  },
  results: {
    granted: {
      title: "Verbonden",
      detail: "Je kunt deze pagina sluiten. Je apparaat gaat binnen enkele seconden vanzelf verder.",
    },
    access_denied: {
      title: "Niet toegestaan",
      detail: "Er is niets verbonden, en het apparaat weet dat. Je kunt deze pagina sluiten.",
    },
    temporarily_unavailable: {
      title: "Nog niet verbonden",
      detail:
        "Forgejo heeft het inloggen niet afgerond. Probeer het zo meteen opnieuw: je apparaat wacht nog.",
    },
    server_error: {
      title: "Niet verbonden",
      detail:
        "Deze server en Forgejo werken op dit moment niet samen. Meld het de beheerder en probeer het later opnieuw.",
    },
  },
  enterAgain: "De code opnieuw invoeren",
};
