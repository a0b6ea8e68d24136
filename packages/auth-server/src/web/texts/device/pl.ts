import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Połącz urządzenie",
  heading: "Połącz urządzenie lub program",
  intro: "Urządzenie lub program bez przeglądarki pokazuje kod i czeka. Wpisz ten kod tutaj.",
  introFilledIn: "Porównaj ten kod z tym, który pokazuje Twoje urządzenie lub program.",
  label: "Kod",
  confirm: "Moje urządzenie pokazuje ten kod",
  confirmAbout: "To ja przed chwilą to tam uruchomiłem lub uruchomiłam.",
  submit: "Dalej",
  warning:
    "Kontynuuj tylko wtedy, gdy to Ty to uruchomiłeś lub uruchomiłaś. Jeśli kod przyszedł w wiadomości, e-mailu lub rozmowie telefonicznej, zamknij tę stronę: połączyłaby ona urządzenie obcej osoby z Twoim kontem.",
  after: "Potem zobaczysz, co prosi o dostęp, i zdecydujesz.",
  tokenNamed: "Token osobisty dla programu, który działa bez Ciebie, o nazwie",
  waitsWith: "Czeka gdzie indziej, z kodem",
  consentWarning:
    "Zezwól tylko wtedy, gdy uruchomienie pochodzi od Ciebie i widać tam dokładnie ten kod. Kod przysłany przez kogoś dałby obcej osobie Twój dostęp.",
  faults: {
    unknown_code:
      "Nie ma takiego kodu. Porównaj go z urządzeniem; po dziesięciu minutach kod wygasa i urządzenie potrzebuje nowego.",
    not_confirmed: "Nic jeszcze nie połączono. Zaznacz pole, jeśli urządzenie pokazuje ten kod.",
    expired:
      "Ta strona była otwarta zbyt długo albo przeglądarka nie zachowała jej pliku cookie. Spróbuj ponownie.",
  },
  paused: {
    title: "Zbyt wiele błędnych kodów",
    detail: "Ta przeglądarka wysłała kilka kodów, których nie ma.",
    advice: (wait) => `Odczekaj (${wait}), zacznij od nowa na urządzeniu i wpisz jego nowy kod.`,
  },
  results: {
    granted: {
      title: "Połączono",
      detail: "Możesz zamknąć tę stronę. Urządzenie za kilka sekund samo przejdzie dalej.",
    },
    access_denied: {
      title: "Nie zezwolono",
      detail: "Niczego nie połączono, a urządzenie o tym wie. Możesz zamknąć tę stronę.",
    },
    temporarily_unavailable: {
      title: "Jeszcze nie połączono",
      detail: "Forgejo nie dokończyło logowania. Spróbuj ponownie za chwilę: urządzenie wciąż czeka.",
    },
    server_error: {
      title: "Nie połączono",
      detail: "Ten serwer i Forgejo obecnie nie współpracują. Powiadom administratora i spróbuj później.",
    },
  },
  enterAgain: "Wpisz kod ponownie",
};
