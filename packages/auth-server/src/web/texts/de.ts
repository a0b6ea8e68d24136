import { html as text } from "hono/html";
import { connections } from "./connections/de.ts";
import { device } from "./device/de.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Gehen Sie zurück zu Ihrem MCP-Client und verbinden Sie ihn neu.";

export const de: Texts = {
  tag: "de",
  common: {
    connectAgain,
    tryAgain: "Erneut versuchen",
    reference: (reference) => text`Kennung für die Administration: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`Falls das öfter vorkommt, nennen Sie der Administration diese Kennung: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`Mit dem falschen Konto angemeldet? ${signOut(text`Bei ${forgejo} abmelden`)}, dann erneut versuchen und sich mit dem anderen Konto anmelden.`,
    tellClient: (target, goOn) =>
      text`Wenn Sie gerade eine Verbindung von ${target} aus begonnen haben, können Sie den Fehler dorthin melden: ${goOn(text`weiter zu ${target}`)}. Andernfalls schließen Sie diese Seite.`,
  },
  home: {
    title: "Forgejo für MCP-Clients",
    heading: "Forgejo mit Ihrem KI-Assistenten nutzen",
    intro: (forgejo) =>
      text`Dieser Server verbindet MCP-Clients mit Ihrem eigenen Konto bei ${forgejo}. Fügen Sie ihn in Ihrem Client mit dieser Adresse hinzu:`,
    clients: "So fügen Sie ihn hinzu",
    paste: (menu) => text`${menu} öffnen und die Adresse einfügen.`,
    pasteAndChoose: (menu, choice) => text`${menu} öffnen, die Adresse einfügen und ${choice} wählen.`,
    thenRun: (command) => text`Danach dort ${command} ausführen.`,
    addTo: (client) => `Zu ${client} hinzufügen`,
    stdioClients: "Clients, die nur Programme starten (stdio)",
    safety: (forgejo) =>
      text`Ihr Client öffnet dann hier eine Seite, die fragt, ob Sie ihn zulassen, und Sie melden sich wie gewohnt bei ${forgejo} an. Ihr Passwort geht weder durch diesen Server noch durch den Client.`,
    connections: "Verbundene Anwendungen ansehen, einschränken oder trennen",
  },
  consent: {
    title: "Anwendung zulassen?",
    incomplete: (title) => `Unvollständig: ${title}`,
    heading: "Darf eine Anwendung Ihr Forgejo-Konto verwenden?",
    faults: {
      not_started:
        "Es wurde noch nichts zugelassen. Kreuzen Sie unten „Das habe ich begonnen“ an, wenn es so ist.",
      outdated:
        "Es wurde noch nichts zugelassen. Diese Seite war länger als zehn Minuten offen: Wählen Sie unten neu.",
      no_level: "Es wurde noch nichts zugelassen. Wählen Sie unten „Nur lesen“ oder „Lesen und schreiben“.",
      level_not_offered:
        "Es wurde noch nichts zugelassen. Was gewählt wurde, ist hier nicht möglich: Wählen Sie unten neu.",
      no_toolset:
        "Es wurde noch nichts zugelassen. Lassen Sie unter „Wo?“ mindestens einen Bereich angekreuzt.",
      toolset_not_offered:
        "Es wurde noch nichts zugelassen. Einer der Bereiche ist hier nicht möglich: Wählen Sie unten neu.",
    },
    callsItself: "Die Anwendung nennt sich",
    unnamed: "Eine Anwendung ohne Namen",
    identity: "Identität",
    unverified: "ungeprüfte Registrierung",
    registeredItself: "sie hat sich selbst registriert",
    known: "diesem Server bekannt",
    document: (host) => text`ein Dokument auf ${host}`,
    sendsBackTo: "Leitet Sie zurück zu",
    loopbackWarning:
      "Das geht an ein Programm auf Ihrem eigenen Computer. Lassen Sie es nur zu, wenn Sie dort gerade selbst eine Verbindung begonnen haben: Jedes andere Programm könnte sich dafür ausgeben.",
    appWarning: (scheme) =>
      text`Das öffnet eine App auf Ihrem Gerät, und zwar die für Links mit ${scheme}. Lassen Sie es nur zu, wenn Sie in dieser App gerade selbst eine Verbindung begonnen haben: Jede andere App könnte sich dafür ausgeben.`,
    levelQuestion: "Was ist erlaubt?",
    onlyReading: "Nur lesen ist erlaubt",
    started: {
      label: "Das habe ich begonnen",
      about: "Ich habe diese Anwendung gerade verbinden wollen. Sie kann lesen, aber nichts ändern.",
    },
    privateIncluded: "Private Repositorys, die Sie sehen können, gehören dazu.",
    readingEnforced: "Forgejo selbst setzt das durch.",
    publicOnly: "Nur Öffentliches gehört dazu.",
    toolsetQuestion: "Wo?",
    moreToolsets: (count) => `Weitere Bereiche (${count})`,
    readOnlyToolset: (label) => `${label} (nur lesen)`,
    earlier: (day, choice) =>
      `Am ${day} wurde in diesem Browser eine Anwendung zugelassen, die hier genauso aussah: ${choice}. Wählen Sie unten neu.`,
    onlyIfAsked: "Lassen Sie sie nur zu, wenn Sie diese Anwendung gerade selbst verbinden wollten.",
    deny: "Ablehnen",
    allow: "Zulassen",
    endsUnused: (duration) =>
      `Der Zugriff der Anwendung endet, wenn er ${duration} lang nicht genutzt wurde.`,
    endsAfter: (duration) => `Der Zugriff der Anwendung gilt ${duration}.`,
    end: (connections) =>
      text`Sie können ihn jederzeit einschränken oder beenden, unter ${connections("Verbundene Anwendungen")}.`,
    signIn: (forgejo, signOut) =>
      text`Der Name oben ist der, den sich die Anwendung selbst gibt; er wurde nicht geprüft. Nach „Zulassen“ melden Sie sich bei ${forgejo} an. Sind Sie dort mit einem anderen Konto angemeldet als dem gewünschten, ${signOut("melden Sie sich dort erst ab")}.`,
  },
  levels: {
    read: { label: "Nur lesen", about: "Lesen, aber nichts ändern." },
    write: {
      label: "Lesen und schreiben",
      about: "Auch in Ihrem Namen anlegen, ändern, mergen und löschen.",
    },
  },
  toolsets: {
    issues: { label: "Issues", about: "Issues mit Kommentaren, Labels und Meilensteinen" },
    "pull-requests": { label: "Pull-Requests", about: "Pull-Requests und Reviews, auch das Mergen" },
    code: { label: "Code", about: "Repositorys mit Branches, Dateien und Commits" },
    releases: { label: "Releases", about: "Releases von Repositorys" },
    actions: { label: "Actions", about: "Läufe von Workflows, ihre Jobs und Protokolle" },
    wiki: { label: "Wiki", about: "Wiki-Seiten und ihre Versionen" },
    "time-tracking": { label: "Zeiterfassung", about: "Erfasste Zeiten und Stoppuhren" },
    attachments: { label: "Anhänge", about: "Dateien an Issues, Kommentaren und Releases" },
    organizations: { label: "Organisationen", about: "Organisationen, ihre Mitglieder, Teams und Labels" },
    notifications: { label: "Benachrichtigungen", about: "Ihre Benachrichtigungen und ob sie gelesen sind" },
    admin: { label: "Verwaltung", about: "Einstellungen, Webhooks und Branch-Schutz von Repositorys" },
    context: { label: "Kontext", about: "Ihr eigenes Konto und die anderen Nutzer" },
    other: {
      label: "Alles Übrige",
      about: "Werkzeuge, die oben nirgends passen oder die dieser Server nicht kennt",
    },
  },
  loginFaults: {
    no_login: {
      title: "Hier läuft keine Anmeldung",
      detail:
        "Diese Adresse dient nur der Rückkehr von Forgejo, und Ihr Browser kam ohne eine laufende Anmeldung.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "Diese Anmeldung wurde in einem anderen Browser begonnen",
      detail:
        "Sie kann nur in dem Browser beendet werden, in dem sie begonnen wurde. Ein privates Fenster zählt als anderer Browser.",
      steps: ({ forgejo }) => [
        "Machen Sie in dem Browser weiter, den Ihr MCP-Client geöffnet hat, oder verbinden Sie neu und bleiben Sie in diesem Browser.",
        text`Für ein anderes Konto melden Sie sich in diesem Browser zuerst bei ${forgejo} ab und verbinden dann neu.`,
      ],
    },
    cookies_blocked: {
      title: "Ihr Browser hat das Cookie der Anmeldung nicht behalten",
      detail:
        "Dieser Server erkennt Ihren Browser während der Anmeldung an einem Cookie, und es kam keines zurück.",
      steps: ({ server }) => [
        text`Erlauben Sie Cookies für ${server}; ein privates Fenster oder eine Erweiterung kann sie blockieren.`,
        "Prüfen Sie Datum und Uhrzeit dieses Geräts: Geht die Uhr falsch, löscht ein Browser Cookies sofort.",
        "Haben Sie den Link aus einem anderen Browser kopiert, machen Sie dort weiter.",
        connectAgain,
      ],
    },
    finished: {
      title: "Diese Anmeldung ist schon abgeschlossen",
      detail: "Jede Anmeldung gilt einmal. Auf dieser Seite ist nichts mehr zu tun.",
      steps: () => [
        "Meldet Ihr MCP-Client, dass er verbunden ist, schließen Sie diese Seite.",
        "Wenn nicht, gehen Sie zurück zu Ihrem MCP-Client und verbinden Sie ihn neu.",
      ],
    },
    expired: {
      title: "Diese Anmeldung ist abgelaufen",
      detail:
        "Sie wurde nicht rechtzeitig beendet oder ist schon vorbei. Auf dieser Seite wurde nichts zugelassen.",
      steps: () => [connectAgain, "Führen Sie die Anmeldung dann ohne lange Pause zu Ende."],
    },
    clock_changed: {
      title: "Die Uhr dieses Servers wurde verstellt",
      detail:
        "Die Anmeldung scheint in der Zukunft begonnen zu haben: Die Uhr des Servers wurde zurückgestellt, oder mehrere Server sind sich uneinig.",
      steps: () => [
        connectAgain,
        "Geschieht es wieder, bitten Sie die Administration zu prüfen, ob die Uhr des Servers synchronisiert ist.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "Diese Anmeldung ist abgelaufen",
      detail:
        "Sie wurde nicht rechtzeitig beendet, ist schon vorbei, oder Ihr Browser hat ihr Cookie nicht behalten.",
      advice:
        "Meldet Ihr MCP-Client, dass er verbunden ist, schließen Sie diese Seite. Wenn nicht, gehen Sie dorthin zurück und verbinden Sie ihn neu.",
    },
    unreadable_document: {
      title: "Diese Anwendung ist hier nicht bekannt",
      detail:
        "Sie beschreibt sich durch ein Dokument auf ihrer eigenen Website, das dieser Server nicht lesen kann oder nicht verwenden darf.",
      advice:
        "Versuchen Sie es in einer Minute erneut. Hilft das nicht, nennen Sie der Administration die Kennung.",
    },
    unknown_client: {
      title: "Diese Anwendung ist hier nicht bekannt",
      detail: "Dieser Client ist hier nicht oder nicht mehr registriert.",
      advice: "Entfernen Sie diesen Server in Ihrem Client und fügen Sie ihn neu hinzu.",
    },
    not_accepted: {
      title: "Diese Anwendung darf sich hier nicht verbinden",
      detail: "Die Administration dieses Servers hat sie nicht zugelassen:",
      advice: "Fragen Sie die Administration und nennen Sie die Kennung unten.",
    },
    unregistered_redirect: {
      title: "Diese Anmeldung kann nicht fortgesetzt werden",
      detail: "Der Client möchte zu einer Adresse zurückgeleitet werden, die er nicht registriert hat.",
      advice: connectAgain,
    },
    no_page: {
      title: "Diese Anmeldung kann nicht fortgesetzt werden",
      detail: "Der Client möchte sich ohne Seite verbinden. Dieser Server fragt Sie immer zuerst.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Versuchen Sie es gleich noch einmal",
      detail: "Ein Teil dieses Servers startet gerade neu. Versuchen Sie es in einigen Sekunden erneut.",
      advice: connectAgain,
    },
    failed: {
      title: "Etwas ist schiefgegangen",
      detail: "Dieser Server konnte die Anfrage nicht ausführen.",
      advice: connectAgain,
    },
    invalid: {
      title: "Diese Anmeldung kann nicht fortgesetzt werden",
      detail: "Die Anfrage des Clients ist unvollständig oder ungültig:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Versuchen Sie es gleich noch einmal",
      detail: "Ein Teil dieses Servers startet gerade neu.",
      advice: "Laden Sie diese Seite in einigen Sekunden neu. Es geht nichts verloren.",
    },
    failed: {
      title: "Etwas ist schiefgegangen",
      detail: "Dieser Server konnte die Anfrage nicht ausführen.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Zu viele Anfragen",
    detail: "Aus Ihrem Netz kamen innerhalb einer Minute zu viele Anfragen an diesen Server.",
    advice: (wait) => `Warten Sie (${wait}) und laden Sie diese Seite dann neu. Es geht nichts verloren.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Konto prüfen",
    signedIn: (login, forgejo) => text`Sie sind bei ${forgejo} als ${login} angemeldet.`,
    before:
      "Von diesem Browser aus wurde zuvor ein anderes Konto verbunden. Wenn Sie fortfahren, handelt diese Anwendung mit dem oben genannten Konto.",
    goOn: "Mit diesem Konto fortfahren",
  },
  notAllowed: {
    title: "Sie dürfen diesen Server nicht benutzen",
    detail: (login) =>
      text`Sie sind in Forgejo als ${login} angemeldet, und die Administration dieses Servers hat dieses Konto nicht zugelassen. Ihr MCP-Client hat keinen Zugriff erhalten.`,
    ask: "Bitten Sie die Administration dieses Servers, Ihr Konto zuzulassen, und nennen Sie die Kennung unten.",
    goBack: "Gehen Sie zurück zu Ihrem MCP-Client; er erfährt, dass er keinen Zugriff erhalten hat.",
    back: "Zurück zum MCP-Client",
  },
  suspended: {
    title: "Forgejo lässt Sie nicht hinein",
    detail:
      "Sie haben sich angemeldet, aber Forgejo lässt Ihr Konto derzeit nicht arbeiten. Die Begründung von Forgejo:",
    act: "Tun Sie in Forgejo, was verlangt wird, oder fragen Sie dessen Administration.",
    open: "Forgejo öffnen",
    comeBack: "Kommen Sie auf diese Seite zurück und versuchen Sie es erneut.",
  },
  insufficientScope: {
    title: "Forgejo hat zu wenig gewährt",
    detail:
      "Sie haben diesen Server in Forgejo früher mit weniger Rechten zugelassen, und Forgejo bleibt dabei. Es fehlen:",
    privateRepositories: "private Repositorys",
    revoke:
      "Öffnen Sie in Forgejo Ihre Anwendungen und widerrufen Sie unter „Autorisierte OAuth2-Anwendungen“ den Zugriff dieses Servers. Clients, die Sie früher verbunden haben, müssen neu verbunden werden.",
    entries: {
      read: "Dieser Server hat dort zwei Einträge. Widerrufen Sie den nur zum Lesen, etwa „fjmcp (read only)“, und lassen Sie den anderen stehen.",
      write:
        "Dieser Server hat dort zwei Einträge. Widerrufen Sie den zum Lesen und Schreiben, und lassen Sie den nur zum Lesen stehen, etwa „fjmcp (read only)“.",
    },
    open: "Einstellungen von Forgejo öffnen",
    comeBack:
      "Kommen Sie auf diese Seite zurück und versuchen Sie es erneut. Forgejo fragt dann nach allen Rechten.",
  },
  notFound: {
    title: "Hier gibt es keine Seite",
    detail:
      "Sind Sie einem Link Ihres MCP-Clients gefolgt, verbinden Sie dort neu. Die Adresse dieses Servers für MCP-Clients ist:",
    connect: "So verbinden Sie einen Client",
  },
};
