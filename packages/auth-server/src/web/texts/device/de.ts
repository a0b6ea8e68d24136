import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Gerät verbinden",
  heading: "Ein Gerät oder Programm verbinden",
  intro: "Ein Gerät oder Programm ohne Browser zeigt einen Code und wartet. Geben Sie den Code hier ein.",
  introFilledIn: "Vergleichen Sie diesen Code mit dem, den Ihr Gerät oder Programm zeigt.",
  label: "Code",
  confirm: "Mein Gerät zeigt diesen Code",
  confirmAbout: "Ich habe das dort gerade selbst gestartet.",
  submit: "Weiter",
  warning:
    "Fahren Sie nur fort, wenn Sie das selbst gestartet haben. Kam der Code in einer Nachricht, einer E-Mail oder einem Anruf zu Ihnen, schließen Sie diese Seite: Sie würden das Gerät einer fremden Person mit Ihrem Konto verbinden.",
  after: "Als Nächstes sehen Sie, was Zugriff verlangt, und entscheiden.",
  tokenNamed: "Ein persönliches Token für ein Programm, das ohne Sie läuft, mit dem Namen",
  waitsWith: "Wartet an anderer Stelle, mit dem Code",
  consentWarning:
    "Erlauben Sie das nur, wenn Sie es selbst gestartet haben und genau dieser Code dort steht. Mit einem Code, den Ihnen jemand geschickt hat, bekäme eine fremde Person Ihren Zugriff.",
  faults: {
    unknown_code:
      "Diesen Code gibt es nicht. Vergleichen Sie ihn mit Ihrem Gerät; nach zehn Minuten verfällt ein Code, und das Gerät braucht einen neuen.",
    not_confirmed:
      "Es wurde noch nichts verbunden. Setzen Sie das Häkchen, wenn Ihr Gerät diesen Code zeigt.",
    expired:
      "Diese Seite war zu lange offen, oder Ihr Browser hat ihr Cookie nicht behalten. Versuchen Sie es erneut.",
  },
  paused: {
    title: "Zu viele falsche Codes",
    detail: "Dieser Browser hat mehrere Codes gesendet, die es nicht gibt.",
    advice: (wait) =>
      `Warten Sie (${wait}), beginnen Sie auf Ihrem Gerät neu und geben Sie dessen neuen Code ein.`,
  },
  results: {
    granted: {
      title: "Verbunden",
      detail: "Sie können diese Seite schließen. Ihr Gerät macht in wenigen Sekunden von selbst weiter.",
    },
    access_denied: {
      title: "Nicht erlaubt",
      detail:
        "Es wurde nichts verbunden, und das Gerät hat davon erfahren. Sie können diese Seite schließen.",
    },
    temporarily_unavailable: {
      title: "Noch nicht verbunden",
      detail:
        "Forgejo hat die Anmeldung nicht abgeschlossen. Versuchen Sie es gleich noch einmal: Ihr Gerät wartet noch.",
    },
    server_error: {
      title: "Nicht verbunden",
      detail:
        "Dieser Server und Forgejo arbeiten derzeit nicht zusammen. Sagen Sie es der Administration und versuchen Sie es später erneut.",
    },
  },
  enterAgain: "Code erneut eingeben",
};
