import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "Der Name wurde gespeichert.",
    narrowed: "Gespeichert. Ab jetzt ist weniger erlaubt.",
    unchanged: "Es wurde nichts geändert.",
    ended: "Getrennt. Der Zugriff ist beendet.",
    already_ended: "Diese Verbindung war bereits beendet.",
    signed_out: "Sie sind von dieser Seite abgemeldet.",
    signed_in_again:
      "Sie waren inzwischen abgemeldet, und es wurde nichts geändert. Melden Sie sich an und versuchen Sie es erneut.",
    forgejo_first:
      "Noch wurde kein Token erstellt. Melden Sie sich noch einmal bei Forgejo an, damit es dies erlauben kann, und erstellen Sie dann das Token.",
  },
  reasons: {
    disconnected: "Sie haben diesen Zugriff auf dieser Seite beendet.",
    administrator: "Die Administration hat diesen Zugriff beendet.",
    client_request: "Die Anwendung hat ihren Zugriff selbst aufgegeben.",
    code_replay:
      "Die Anmeldung wurde zweimal verwendet, was ein Angriff sein kann. Verbinden Sie die Anwendung neu.",
    refresh_replay:
      "Ein alter Schlüssel wurde noch einmal verwendet. Das kann ein Angriff sein oder an einer zurückgespielten Sicherung liegen. Verbinden Sie die Anwendung neu.",
    upstream_invalid:
      "Forgejo hat den Zugriff dieses Servers auf Ihr Konto beendet. Verbinden Sie die Anwendung neu.",
    application_removed:
      "Die Administration hat geändert, wie dieser Server sich bei Forgejo anmeldet. Verbinden Sie die Anwendung neu.",
    not_allowed: "Die Administration dieses Servers lässt Ihr Konto nicht mehr zu.",
    evicted: "Ihr Konto hatte zu viele Verbindungen, und diese war am längsten ungenutzt.",
  },
  identities: {
    document: "Sie weist sich auf einer eigenen Website aus.",
    registration: "Sie hat sich selbst registriert; ihr Name ist nicht geprüft.",
    none: "Nicht bekannt: Jedes Programm auf Ihrem Gerät kann ihre Adresse verwenden.",
  },
  signInFailures: {
    access_denied: {
      title: "Sie haben sich nicht angemeldet",
      detail: "Die Anmeldung wurde bei Forgejo abgelehnt. Es wurde nichts geändert.",
      advice: "Schließen Sie diese Seite oder versuchen Sie es erneut.",
    },
    not_allowed: {
      title: "Sie dürfen diesen Server nicht benutzen",
      detail: "Die Administration dieses Servers hat Ihr Konto nicht zugelassen.",
      advice: "Bitten Sie die Administration, Ihr Konto zuzulassen, und nennen Sie die Kennung unten.",
    },
    temporarily_unavailable: {
      title: "Forgejo antwortet nicht",
      detail: "Deshalb können Sie sich hier zurzeit nicht anmelden. Ihre Verbindungen sind nicht betroffen.",
      advice: "Versuchen Sie es in einigen Minuten erneut.",
    },
    server_error: {
      title: "Dieser Server kann Sie nicht anmelden",
      detail:
        "Forgejo und dieser Server passen zurzeit nicht zusammen. Ihre Verbindungen sind nicht betroffen.",
      advice: "Sagen Sie es der Administration dieses Servers.",
    },
  },
  faults: {
    not_found: {
      title: "Diese Verbindung gibt es nicht",
      detail: "Sie ist vielleicht beendet oder gehört zu einem anderen Konto.",
      advice: "Sehen Sie in der Liste Ihrer Verbindungen nach.",
    },
    not_administrator: {
      title: "Nur für die Administration",
      detail: "Forgejo sagt, dass Ihr Konto es nicht administriert. Es wurde nichts geändert.",
      advice: "Wenn Sie dieses Recht gerade erst erhalten haben, melden Sie sich hier ab und wieder an.",
    },
    unavailable: {
      title: "Forgejo antwortet nicht",
      detail: "Deshalb kann dieser Server nicht nach Ihrem Konto fragen. Es wurde nichts geändert.",
      advice: "Versuchen Sie es in einigen Minuten erneut.",
    },
    misconfigured: {
      title: "Forgejo und dieser Server passen nicht zusammen",
      detail: "Deshalb kann dieser Server nicht nach Ihrem Konto fragen. Es wurde nichts geändert.",
      advice: "Sagen Sie es der Administration dieses Servers.",
    },
    other_site: {
      title: "Das kam nicht von unserer Seite",
      detail:
        "Eine andere Website oder eine Erweiterung Ihres Browsers hat dieses Formular gesendet. Es wurde nichts geändert.",
      advice: "Öffnen Sie die Seite Ihrer Verbindungen selbst und handeln Sie dort.",
    },
    no_cookie: {
      title: "Ihr Browser hat das Cookie der Seite nicht gesendet",
      detail:
        "Es wurde nichts geändert. Das Cookie ist vielleicht abgelaufen oder wird vom Browser blockiert.",
      advice: "Erlauben Sie Cookies für diese Website und öffnen Sie die Seite erneut.",
    },
    wrong_token: {
      title: "Diese Seite ist veraltet",
      detail: "Sie haben sich an- oder abgemeldet, seit sie geöffnet wurde. Es wurde nichts geändert.",
      advice: "Öffnen Sie die Seite erneut.",
    },
    form_used: {
      title: "Dieses Formular wurde schon gesendet",
      detail:
        "Es ergibt ein einziges persönliches Token, das einmal gezeigt wird. Jetzt wurde keines erstellt.",
      advice:
        "Falls Sie das Token nicht kopiert haben, beenden Sie es in der Liste Ihrer Verbindungen und erstellen Sie ein neues.",
    },
  },
  back: "Zurück zu Ihren Verbindungen",
  signIn: {
    title: "Ihre verbundenen Anwendungen",
    about: (forgejo) =>
      text`Sehen Sie, welche Anwendungen Ihr Konto bei ${forgejo} verwenden, benennen Sie sie, schränken Sie sie ein oder trennen Sie sie.`,
    button: "Mit Forgejo anmelden",
    hint: (forgejo) =>
      text`Sie melden sich bei ${forgejo} an. Sind Sie dort schon angemeldet, werden Sie vielleicht nicht gefragt.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`Bei ${forgejo} sind Sie vielleicht noch angemeldet: ${signOut("dort abmelden")}.`,
  },
  signedInAs: (login) => text`Angemeldet als ${login}`,
  signOut: "Abmelden",
  list: {
    title: "Verbundene Anwendungen",
    about: (forgejo) => text`Diese Anwendungen können über diesen Server Ihr Konto bei ${forgejo} verwenden.`,
    manage: "Verwalten",
    emptyTitle: "Es ist keine Anwendung verbunden",
    empty:
      "Fügen Sie diese Adresse in Ihrem MCP-Client als entfernten MCP-Server hinzu. Danach erscheint er hier.",
    inForgejo: {
      title: "In Forgejo selbst",
      about: (forgejo) =>
        text`${forgejo} führt diesen Server als eine einzige Anwendung. Wenn Sie ihn dort widerrufen, ruht alles oben, bis Sie sich hier wieder anmelden oder eine Anwendung neu verbinden; endgültig trennen Sie eine hier.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} führt diesen Server als zwei Anwendungen: eine für Verbindungen, die nur lesen, eine für solche, die auch schreiben. Wenn Sie dort eine widerrufen, enden alle ihre Verbindungen sofort; eine einzelne trennen Sie hier.`,
    },
    allAccounts: "Verbindungen aller Konten",
  },
  connection: {
    title: "Eine verbundene Anwendung",
    yourName: "Ihr Name dafür",
    address: "Adresse",
    may: "Erlaubt",
    areas: "Bereiche",
    since: "Verbunden seit",
    lastUse: "Zuletzt benutzt",
    neverUsed: "Noch nicht benutzt",
    used: (when) => `Zuletzt benutzt: ${when}`,
    justNow: "gerade eben",
    lastTools: "Zuletzt genutzte Werkzeuge",
    sessions: "Offene Sitzungen",
    sessionCount: (count) => {
      if (count === 0) return "Keine";
      return count === 1 ? "1 offene Sitzung" : `${count} offene Sitzungen`;
    },
    sessionsUnknown: "Zurzeit nicht bekannt",
  },
  tokens: {
    title: "Persönliche Token",
    about:
      "Für Programme, die keinen Browser öffnen können, etwa Skripte und CI. Jedes handelt in Ihrem Namen.",
    one: "Persönliches Token",
    made: "Erstellt",
    expires: "Läuft ab",
    expiresOn: (date) => `Läuft am ${date} ab`,
    end: {
      title: "Dieses Token beenden",
      about:
        "Programme, die es verwenden, werden sofort abgewiesen. Es lässt sich nicht wiederherstellen: Erstellen Sie stattdessen ein neues.",
      button: "Beenden",
    },
    narrowAbout: "Das gilt sofort. Um wieder mehr zu erlauben, erstellen Sie ein neues Token.",
    form: {
      title: "Neues persönliches Token",
      name: "Wofür ist es?",
      nameHint: "Ein Name, an dem Sie es wiedererkennen, zum Beispiel „nightly-ci“.",
      days: "Für wie viele Tage?",
      daysHint: (max) => `1 bis ${max}. Danach endet es von selbst.`,
      button: "Token erstellen",
      faults: {
        no_name: "Es wurde noch nichts erstellt. Geben Sie unten an, wofür das Token ist.",
        bad_days: "Es wurde noch nichts erstellt. Geben Sie unten eine ganze Zahl von 1 bis 365 Tagen ein.",
        too_often:
          "Es wurde noch nichts erstellt: In einer Minute wurden zu viele Token erstellt. Warten Sie eine Minute und senden Sie das Formular erneut.",
        too_many:
          "Sie haben so viele persönliche Token, wie ein Konto haben darf. Beenden Sie zuerst eines, dann erstellen Sie ein neues.",
      },
    },
    created: {
      title: "Ihr neues persönliches Token",
      copy: "Kopieren Sie es jetzt. Es wird nur dieses eine Mal gezeigt und nirgends gespeichert.",
      header: "Ihr Programm sendet es bei jeder Anfrage in diesem Header:",
      address: "Die Anfragen gehen an diese Adresse:",
      keep: "Halten Sie es geheim: Wer es hat, kann in Ihrem Namen alles tun, was ihm erlaubt ist. Wird es bekannt, beenden Sie es auf der Seite Ihrer Verbindungen.",
    },
  },
  rename: {
    title: "Umbenennen",
    label: "Ihr Name dafür",
    about:
      "Nur Sie sehen ihn, zum Beispiel „Laptop“ oder „Arbeit“. Lassen Sie das Feld leer, um ihn zu entfernen.",
    button: "Namen speichern",
  },
  narrow: {
    title: "Weniger erlauben",
    about:
      "Das gilt sofort. Um wieder mehr zu erlauben, trennen Sie die Anwendung und verbinden Sie sie neu.",
    noArea:
      "Es wurde nichts geändert. Lassen Sie mindestens einen Bereich angekreuzt, oder beenden Sie den Zugriff ganz.",
    button: "Speichern",
  },
  disconnect: {
    title: "Diese Anwendung trennen",
    about:
      "Ihr Zugriff endet sofort, auch mitten in der Arbeit. Um sie wieder zu verwenden, verbinden Sie sie neu.",
    button: "Trennen",
  },
  history: {
    title: "Was zuletzt geschah",
    viewed: "Die Administration hat Ihre Verbindungen angesehen.",
    connected: "Sie haben diesen Zugriff erlaubt.",
    token_created: "Sie haben es erstellt.",
    narrowed: {
      user: "Sie haben diesem Zugriff auf dieser Seite weniger erlaubt.",
      administrator: "Die Administration hat diesem Zugriff weniger erlaubt.",
    },
  },
  accounts: {
    title: "Alle Konten",
    about: "Konten mit verbundenen Anwendungen. Sie können sie ansehen und trennen.",
    audited: "Was Sie hier tun, wird protokolliert und der Person gezeigt, der das Konto gehört.",
    none: "Kein Konto hat eine verbundene Anwendung.",
    unknownLogin: "Name nicht bekannt",
    id: (id) => `Konto ${id}`,
    count: (count) => (count === 1 ? "1 Verbindung" : `${count} Verbindungen`),
    open: "Ansehen",
    first: "Erste Seite",
    next: "Nächste Seite",
    own: "Ihre eigenen Verbindungen",
    one: {
      title: "Verbindungen eines Kontos",
      none: "Dieses Konto hat keine verbundene Anwendung.",
      disconnect: "Der Zugriff endet sofort. Die Person sieht, dass es die Administration war.",
    },
  },
};
