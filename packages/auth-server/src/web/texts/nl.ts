import { html as text } from "hono/html";
import { connections } from "./connections/nl.ts";
import { device } from "./device/nl.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Ga terug naar je MCP-client en maak opnieuw verbinding.";

export const nl: Texts = {
  tag: "nl",
  common: {
    connectAgain,
    tryAgain: "Opnieuw proberen",
    reference: (reference) => text`Referentie voor de beheerder: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`Blijft dit gebeuren, geef dan deze referentie aan de beheerder: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`Met het verkeerde account ingelogd? ${signOut(text`Log uit bij ${forgejo}`)}, probeer het opnieuw en log in met het andere.`,
    tellClient: (target, goOn) =>
      text`Als je zojuist een verbinding vanuit ${target} bent begonnen, kun je deze fout daaraan doorgeven: ${goOn(text`verder naar ${target}`)}. Sluit anders deze pagina.`,
  },
  home: {
    title: "Forgejo voor MCP-clients",
    heading: "Gebruik Forgejo vanuit je AI-assistent",
    intro: (forgejo) =>
      text`Deze server verbindt MCP-clients met je eigen account op ${forgejo}. Voeg hem in je client toe met dit adres:`,
    clients: "Zo voeg je hem toe",
    paste: (menu) => text`Open ${menu} en plak het adres.`,
    pasteAndChoose: (menu, choice) => text`Open ${menu}, plak het adres en kies ${choice}.`,
    thenRun: (command) => text`Voer daarna ${command} erin uit.`,
    addTo: (client) => `Toevoegen aan ${client}`,
    stdioClients: "Clients die alleen programma’s starten (stdio)",
    safety: (forgejo) =>
      text`Je client opent dan hier een pagina die vraagt of je hem toestaat, en je logt zoals altijd in op ${forgejo}. Je wachtwoord gaat nooit door deze server of de client.`,
    connections: "Verbonden toepassingen bekijken, beperken of verbreken",
  },
  consent: {
    title: "Een toepassing toestaan?",
    incomplete: (title) => `Niet volledig: ${title}`,
    heading: "Een toepassing toestaan je Forgejo-account te gebruiken?",
    faults: {
      not_started: "Er is nog niets toegestaan. Vink hieronder “Ik ben dit begonnen” aan als dat zo is.",
      outdated:
        "Er is nog niets toegestaan. Deze pagina stond langer dan tien minuten open: kies hieronder opnieuw.",
      no_level: "Er is nog niets toegestaan. Kies hieronder “Alleen lezen” of “Lezen en schrijven”.",
      level_not_offered: "Er is nog niets toegestaan. Wat gekozen is, kan hier niet: kies hieronder opnieuw.",
      no_toolset: "Er is nog niets toegestaan. Laat onder “Waar?” minstens één gebied aangevinkt.",
      toolset_not_offered:
        "Er is nog niets toegestaan. Een van de gebieden kan hier niet: kies hieronder opnieuw.",
    },
    callsItself: "Noemt zichzelf",
    unnamed: "Een toepassing zonder naam",
    identity: "Identiteit",
    unverified: "ongecontroleerde registratie",
    registeredItself: "heeft zichzelf geregistreerd",
    known: "bekend bij deze server",
    document: (host) => text`een document op ${host}`,
    sendsBackTo: "Stuurt je terug naar",
    loopbackWarning:
      "Dit gaat naar een programma op je eigen computer. Sta het alleen toe als je daar zojuist zelf een verbinding bent begonnen: elk ander programma kan zich ervoor uitgeven.",
    appWarning: (scheme) =>
      text`Dit opent een app op je apparaat, die voor ${scheme}-links. Sta het alleen toe als je in die app zojuist zelf een verbinding bent begonnen: elke andere app kan zich ervoor uitgeven.`,
    levelQuestion: "Wat is toegestaan?",
    onlyReading: "De toepassing mag alleen lezen",
    started: {
      label: "Ik ben dit begonnen",
      about: "Ik heb deze toepassing zojuist gevraagd te verbinden. Zij kan kijken, maar niets wijzigen.",
    },
    privateIncluded: "Privérepository’s die jij kunt zien, horen erbij.",
    readingEnforced: "Forgejo zelf dwingt dit af.",
    publicOnly: "Alleen wat openbaar is, hoort erbij.",
    toolsetQuestion: "Waar?",
    moreToolsets: (count) => `Meer gebieden (${count})`,
    readOnlyToolset: (label) => `${label} (alleen lezen)`,
    earlier: (day, choice) =>
      `Op ${day} is in deze browser een toepassing toegestaan die er hier hetzelfde uitzag: ${choice}. Kies hieronder opnieuw.`,
    onlyIfAsked: "Sta dit alleen toe als je deze toepassing zojuist zelf hebt gevraagd te verbinden.",
    deny: "Weigeren",
    allow: "Toestaan",
    endsUnused: (duration) => `De toegang eindigt als die ${duration} lang niet is gebruikt.`,
    endsAfter: (duration) => `De toegang duurt ${duration}.`,
    end: (connections) =>
      text`Je kunt de toegang op elk moment beperken of beëindigen, onder ${connections("Verbonden toepassingen")}.`,
    signIn: (forgejo, signOut) =>
      text`De naam hierboven is hoe de toepassing zichzelf noemt; hij is niet gecontroleerd. Na “Toestaan” log je in op ${forgejo}. Ben je daar met een ander account ingelogd dan je wilt gebruiken, ${signOut("log daar dan eerst uit")}.`,
  },
  levels: {
    read: { label: "Alleen lezen", about: "De toepassing kan kijken, maar niets wijzigen." },
    write: {
      label: "Lezen en schrijven",
      about: "De toepassing kan namens jou ook aanmaken, wijzigen, mergen en verwijderen.",
    },
  },
  toolsets: {
    issues: { label: "Issues", about: "Issues met hun reacties, labels en mijlpalen" },
    "pull-requests": { label: "Pull-requests", about: "Pull-requests en hun reviews, ook het mergen" },
    code: { label: "Code", about: "Repository’s met hun branches, bestanden en commits" },
    releases: { label: "Releases", about: "Releases van repository’s" },
    actions: { label: "Actions", about: "Uitvoeringen van workflows, hun jobs en logboeken" },
    wiki: { label: "Wiki", about: "Wikipagina’s en hun geschiedenis" },
    "time-tracking": { label: "Tijdregistratie", about: "Geregistreerde tijden en stopwatches" },
    attachments: { label: "Bijlagen", about: "Bestanden bij issues, reacties en releases" },
    organizations: { label: "Organisaties", about: "Organisaties, hun leden, teams en labels" },
    notifications: { label: "Meldingen", about: "Je meldingen, en of ze gelezen zijn" },
    admin: { label: "Beheer", about: "Instellingen, webhooks en branchbescherming van repository’s" },
    context: { label: "Context", about: "Je eigen account, en de andere gebruikers" },
    other: {
      label: "Al het overige",
      about: "Hulpmiddelen die hierboven nergens passen of die deze server niet kent",
    },
  },
  loginFaults: {
    no_login: {
      title: "Hier is geen aanmelding bezig",
      detail:
        "Dit adres is alleen voor de terugweg van Forgejo, en je browser kwam zonder een lopende aanmelding.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "Deze aanmelding is in een andere browser begonnen",
      detail:
        "Ze kan alleen worden afgerond in de browser waarin ze is begonnen. Een privévenster geldt als een andere browser.",
      steps: ({ forgejo }) => [
        "Ga verder in de browser die je MCP-client heeft geopend, of maak opnieuw verbinding en blijf in die browser.",
        text`Wil je een ander account gebruiken, log dan in die browser eerst uit bij ${forgejo} en maak opnieuw verbinding.`,
      ],
    },
    cookies_blocked: {
      title: "Je browser heeft de cookie van de aanmelding niet bewaard",
      detail:
        "Deze server herkent je browser tijdens de aanmelding aan een cookie, en er kwam er geen terug.",
      steps: ({ server }) => [
        text`Sta cookies toe voor ${server}; een privévenster of een extensie kan ze blokkeren.`,
        "Controleer datum en tijd van dit apparaat: met een verkeerde klok verwijdert een browser cookies meteen.",
        "Heb je de link uit een andere browser gekopieerd, ga dan daar verder.",
        connectAgain,
      ],
    },
    finished: {
      title: "Deze aanmelding is al afgerond",
      detail: "Elke aanmelding werkt één keer. Op deze pagina is niets meer te doen.",
      steps: () => [
        "Meldt je MCP-client dat hij verbonden is, sluit dan deze pagina.",
        "Zo niet, ga terug naar je MCP-client en maak opnieuw verbinding.",
      ],
    },
    expired: {
      title: "Deze aanmelding is verlopen",
      detail: "Ze is niet op tijd afgerond, of is al voorbij. Deze pagina heeft niets toegestaan.",
      steps: () => [connectAgain, "Rond de aanmelding dan zonder lange pauze af."],
    },
    clock_changed: {
      title: "De klok van deze server is verzet",
      detail:
        "De aanmelding lijkt in de toekomst begonnen: de klok van de server is teruggezet, of meerdere servers zijn het oneens.",
      steps: () => [
        connectAgain,
        "Gebeurt het weer, vraag de beheerder dan te controleren of de klok van de server gesynchroniseerd is.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "Deze aanmelding is verlopen",
      detail: "Ze is niet op tijd afgerond, is al voorbij, of je browser heeft haar cookie niet bewaard.",
      advice:
        "Meldt je MCP-client dat hij verbonden is, sluit dan deze pagina. Zo niet, ga ernaar terug en maak opnieuw verbinding.",
    },
    unreadable_document: {
      title: "Deze toepassing is hier niet bekend",
      detail:
        "Ze wordt beschreven door een document op haar eigen website, dat deze server niet kan lezen of niet mag gebruiken.",
      advice: "Probeer het over een minuut opnieuw. Helpt dat niet, geef de referentie aan je beheerder.",
    },
    unknown_client: {
      title: "Deze toepassing is hier niet bekend",
      detail: "Deze client is hier niet, of niet meer, geregistreerd.",
      advice: "Verwijder deze server uit je client en voeg hem opnieuw toe.",
    },
    not_accepted: {
      title: "Deze toepassing mag hier geen verbinding maken",
      detail: "De beheerder van deze server heeft dat niet toegestaan:",
      advice: "Vraag het de beheerder en noem de referentie hieronder.",
    },
    unregistered_redirect: {
      title: "Deze aanmelding kan niet verder",
      detail: "De client wil terug naar een adres dat hij niet heeft geregistreerd.",
      advice: connectAgain,
    },
    no_page: {
      title: "Deze aanmelding kan niet verder",
      detail: "De client wil zonder pagina verbinden. Deze server vraagt het jou altijd eerst.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Probeer het zo meteen opnieuw",
      detail: "Een deel van deze server start opnieuw. Probeer het over een paar seconden opnieuw.",
      advice: connectAgain,
    },
    failed: {
      title: "Er is iets misgegaan",
      detail: "Deze server kon het verzoek niet uitvoeren.",
      advice: connectAgain,
    },
    invalid: {
      title: "Deze aanmelding kan niet verder",
      detail: "Het verzoek van de client is onvolledig of ongeldig:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Probeer het zo meteen opnieuw",
      detail: "Een deel van deze server start opnieuw.",
      advice: "Laad deze pagina over een paar seconden opnieuw. Er gaat niets verloren.",
    },
    failed: {
      title: "Er is iets misgegaan",
      detail: "Deze server kon het verzoek niet uitvoeren.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Te veel verzoeken",
    detail: "Deze server kreeg binnen een minuut te veel verzoeken van je netwerk.",
    advice: (wait) => `Wacht ${wait} en laad deze pagina dan opnieuw. Er gaat niets verloren.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Controleer het account",
    signedIn: (login, forgejo) => text`Je bent bij ${forgejo} ingelogd als ${login}.`,
    before:
      "Vanuit deze browser is eerder een ander account verbonden. Als je doorgaat, handelt deze applicatie met het bovenstaande account.",
    goOn: "Doorgaan met dit account",
  },
  notAllowed: {
    title: "Je mag deze server niet gebruiken",
    detail: (login) =>
      text`Je bent in Forgejo ingelogd als ${login}, en de beheerder van deze server heeft dat account niet toegestaan. Je MCP-client kreeg geen toegang.`,
    ask: "Vraag de beheerder van deze server om je account toe te staan en noem de referentie hieronder.",
    goBack: "Ga terug naar je MCP-client, die te horen krijgt dat hij geen toegang kreeg.",
    back: "Terug naar de MCP-client",
  },
  suspended: {
    title: "Forgejo laat je niet binnen",
    detail: "Je bent ingelogd, maar Forgejo laat je account op dit moment niet toe. Forgejo meldt:",
    act: "Doe in Forgejo wat er gevraagd wordt, of vraag het de beheerder ervan.",
    open: "Forgejo openen",
    comeBack: "Kom terug naar deze pagina en probeer het opnieuw.",
  },
  insufficientScope: {
    title: "Forgejo heeft te weinig toegekend",
    detail:
      "Je hebt deze server in Forgejo eerder met minder rechten toegestaan, en daar houdt Forgejo zich aan. Dit ontbreekt:",
    privateRepositories: "privérepository’s",
    revoke:
      "Open je toepassingen in Forgejo en trek onder “Geautoriseerde OAuth2-toepassingen” de toegang van deze server in. Clients die je eerder hebt verbonden, moeten opnieuw worden verbonden.",
    entries: {
      read: "Deze server heeft daar twee vermeldingen. Trek die voor alleen lezen in, zoals “fjmcp (read only)”, en laat de andere staan.",
      write:
        "Deze server heeft daar twee vermeldingen. Trek die voor lezen en schrijven in, en laat die voor alleen lezen staan, zoals “fjmcp (read only)”.",
    },
    open: "Instellingen van Forgejo openen",
    comeBack: "Kom terug naar deze pagina en probeer het opnieuw. Forgejo vraagt dan om alle rechten.",
  },
  notFound: {
    title: "Hier is geen pagina",
    detail:
      "Heb je een link van je MCP-client gevolgd, maak daar dan opnieuw verbinding. Het adres van deze server voor MCP-clients is:",
    connect: "Zo verbind je een client",
  },
};
