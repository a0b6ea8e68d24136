import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "Nazwa została zapisana.",
    narrowed: "Zapisano. Od teraz wolno mniej.",
    unchanged: "Nic nie zmieniono.",
    ended: "Odłączono. Dostęp się zakończył.",
    already_ended: "To połączenie już wcześniej się zakończyło.",
    signed_out: "Wylogowano Cię z tej strony.",
    signed_in_again:
      "W międzyczasie nastąpiło wylogowanie i nic nie zmieniono. Zaloguj się i spróbuj ponownie.",
    forgejo_first:
      "Nie utworzono jeszcze tokenu. Zaloguj się jeszcze raz przez Forgejo, aby mogło na to zezwolić, a następnie utwórz token.",
  },
  reasons: {
    disconnected: "Ten dostęp zakończono na tej stronie, z Twojego konta.",
    administrator: "Administrator zakończył ten dostęp.",
    client_request: "Aplikacja sama zrezygnowała z dostępu.",
    code_replay: "Jej logowania użyto dwa razy, co może oznaczać atak. Połącz ją ponownie.",
    refresh_replay:
      "Ponownie użyto starego klucza, co może oznaczać atak albo przywróconą kopię zapasową. Połącz aplikację ponownie.",
    upstream_invalid: "Forgejo zakończyło dostęp tego serwera do Twojego konta. Połącz aplikację ponownie.",
    application_removed:
      "Administrator zmienił sposób, w jaki ten serwer loguje się do Forgejo. Połącz aplikację ponownie.",
    not_allowed: "Administrator tego serwera nie zezwala już na Twoje konto.",
    evicted: "Twoje konto miało zbyt wiele połączeń, a to było najdłużej nieużywane.",
  },
  identities: {
    document: "Potwierdza tożsamość na własnej stronie.",
    registration: "Zarejestrowała się sama; jej nazwy nie sprawdzono.",
    none: "Nieznana: jej adresu może użyć dowolny program na Twoim urządzeniu.",
  },
  signInFailures: {
    access_denied: {
      title: "Nie zalogowano",
      detail: "Logowanie odrzucono w Forgejo. Nic nie zmieniono.",
      advice: "Zamknij tę stronę albo spróbuj ponownie.",
    },
    not_allowed: {
      title: "Nie możesz używać tego serwera",
      detail: "Administrator tego serwera nie zezwolił na Twoje konto.",
      advice: "Poproś administratora o zezwolenie i podaj poniższy numer.",
    },
    temporarily_unavailable: {
      title: "Forgejo nie odpowiada",
      detail: "Dlatego nie można się tu teraz zalogować. Twoich połączeń to nie dotyczy.",
      advice: "Spróbuj ponownie za kilka minut.",
    },
    server_error: {
      title: "Ten serwer nie może Cię zalogować",
      detail: "Forgejo i ten serwer obecnie do siebie nie pasują. Twoich połączeń to nie dotyczy.",
      advice: "Powiadom administratora tego serwera.",
    },
  },
  faults: {
    not_found: {
      title: "Nie ma takiego połączenia",
      detail: "Mogło się zakończyć albo należeć do innego konta.",
      advice: "Zajrzyj na listę swoich połączeń.",
    },
    not_administrator: {
      title: "Tylko dla administratorów",
      detail: "Forgejo podaje, że Twoje konto nim nie administruje. Nic nie zmieniono.",
      advice: "Jeśli to uprawnienie jest nowe, wyloguj się tutaj i zaloguj ponownie.",
    },
    unavailable: {
      title: "Forgejo nie odpowiada",
      detail: "Dlatego ten serwer nie może sprawdzić Twojego konta. Nic nie zmieniono.",
      advice: "Spróbuj ponownie za kilka minut.",
    },
    misconfigured: {
      title: "Forgejo i ten serwer do siebie nie pasują",
      detail: "Dlatego ten serwer nie może sprawdzić Twojego konta. Nic nie zmieniono.",
      advice: "Powiadom administratora tego serwera.",
    },
    other_site: {
      title: "To nie przyszło z naszej strony",
      detail: "Ten formularz wysłała inna strona albo rozszerzenie przeglądarki. Nic nie zmieniono.",
      advice: "Otwórz stronę swoich połączeń samodzielnie i działaj tam.",
    },
    no_cookie: {
      title: "Przeglądarka nie wysłała pliku cookie tej strony",
      detail: "Nic nie zmieniono. Plik cookie mógł wygasnąć albo przeglądarka go blokuje.",
      advice: "Zezwól na pliki cookie tej witryny i otwórz stronę ponownie.",
    },
    wrong_token: {
      title: "Ta strona jest nieaktualna",
      detail: "Od jej otwarcia nastąpiło logowanie albo wylogowanie. Nic nie zmieniono.",
      advice: "Otwórz stronę ponownie.",
    },
    form_used: {
      title: "Ten formularz już wysłano",
      detail: "Tworzy on jeden token osobisty, pokazywany jeden raz. Teraz nic nie utworzono.",
      advice: "Jeśli token nie został skopiowany, zakończ go na liście swoich połączeń i utwórz nowy.",
    },
  },
  back: "Wróć do swoich połączeń",
  signIn: {
    title: "Twoje połączone aplikacje",
    about: (forgejo) =>
      text`Zobacz, które aplikacje używają Twojego konta na ${forgejo}, nazwij je, ogranicz lub odłącz.`,
    button: "Zaloguj się przez Forgejo",
    hint: (forgejo) =>
      text`Logujesz się na ${forgejo}. Jeśli sesja już tam trwa, możliwe, że nie będzie żadnego pytania.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`Na ${forgejo} sesja może nadal trwać: ${signOut("wyloguj się tam")}.`,
  },
  signedInAs: (login) => text`Zalogowano jako ${login}`,
  signOut: "Wyloguj się",
  list: {
    title: "Połączone aplikacje",
    about: (forgejo) => text`Te aplikacje mogą przez ten serwer używać Twojego konta na ${forgejo}.`,
    manage: "Zarządzaj",
    emptyTitle: "Żadna aplikacja nie jest połączona",
    empty: "Dodaj ten adres w swoim kliencie MCP jako zdalny serwer MCP. Potem pojawi się on tutaj.",
    inForgejo: {
      title: "W samym Forgejo",
      about: (forgejo) =>
        text`${forgejo} pokazuje ten serwer jako jedną aplikację. Cofnięcie dostępu tam zatrzymuje wszystko powyżej, dopóki nie zalogujesz się tutaj lub nie połączysz czegoś ponownie; na stałe odłączysz coś tutaj.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} pokazuje ten serwer jako dwie aplikacje: jedną dla połączeń tylko do odczytu i drugą dla tych, które także zapisują. Cofnięcie dostępu jednej z nich od razu zatrzymuje wszystkie jej połączenia; pojedyncze połączenie odłączysz tutaj.`,
    },
    allAccounts: "Połączenia wszystkich kont",
  },
  connection: {
    title: "Połączona aplikacja",
    yourName: "Twoja nazwa",
    address: "Adres",
    may: "Dozwolone",
    areas: "Obszary",
    since: "Połączono",
    lastUse: "Ostatnie użycie",
    neverUsed: "Jeszcze nie używano",
    used: (when) => `Ostatnie użycie: ${when}`,
    justNow: "przed chwilą",
    lastTools: "Ostatnio używane narzędzia",
    sessions: "Otwarte sesje",
    sessionCount: (count) => (count === 0 ? "Brak" : `Otwarte sesje: ${count}`),
    sessionsUnknown: "Obecnie nie wiadomo",
  },
  tokens: {
    title: "Tokeny osobiste",
    about:
      "Dla programów, które nie mogą otworzyć przeglądarki, na przykład skryptów i CI. Każdy działa w Twoim imieniu.",
    one: "Token osobisty",
    made: "Utworzono",
    expires: "Wygasa",
    expiresOn: (date) => `Wygasa ${date}`,
    end: {
      title: "Zakończ ten token",
      about:
        "Programy, które go używają, są od razu odrzucane. Nie da się go przywrócić: utwórz zamiast niego nowy.",
      button: "Zakończ",
    },
    narrowAbout: "Działa od razu. Aby znów zezwolić na więcej, utwórz nowy token.",
    form: {
      title: "Nowy token osobisty",
      name: "Do czego służy?",
      nameHint: "Nazwa, po której go rozpoznasz, na przykład „nightly-ci”.",
      days: "Na ile dni?",
      daysHint: (max) => `Od 1 do ${max}. Potem kończy się sam.`,
      button: "Utwórz token",
      faults: {
        no_name: "Niczego jeszcze nie utworzono. Podaj poniżej, do czego token służy.",
        bad_days: "Niczego jeszcze nie utworzono. Podaj poniżej całkowitą liczbę dni od 1 do 365.",
        too_often:
          "Niczego jeszcze nie utworzono: w ciągu minuty utworzono zbyt wiele tokenów. Poczekaj minutę i wyślij formularz ponownie.",
        too_many:
          "Masz już tyle tokenów osobistych, ile może mieć jedno konto. Zakończ któryś z nich, a potem utwórz nowy.",
      },
    },
    created: {
      title: "Twój nowy token osobisty",
      copy: "Skopiuj go teraz. Jest pokazywany tylko ten jeden raz i nigdzie nie jest zapisany.",
      header: "Program wysyła go w tym nagłówku każdego żądania:",
      address: "Żądania trafiają pod ten adres:",
      keep: "Zachowaj go w tajemnicy: kto go ma, może w Twoim imieniu robić to, na co token pozwala. Jeśli wycieknie, zakończ go na stronie swoich połączeń.",
    },
  },
  rename: {
    title: "Zmień nazwę",
    label: "Twoja nazwa",
    about: "Widzisz ją tylko Ty, na przykład „laptop” lub „praca”. Pozostaw puste pole, aby ją usunąć.",
    button: "Zapisz nazwę",
  },
  narrow: {
    title: "Zezwól na mniej",
    about: "Działa od razu. Aby znów zezwolić na więcej, odłącz aplikację i połącz ją ponownie.",
    noArea: "Nic nie zmieniono. Pozostaw zaznaczony choć jeden obszar albo zakończ dostęp całkowicie.",
    button: "Zapisz",
  },
  disconnect: {
    title: "Odłącz tę aplikację",
    about: "Jej dostęp kończy się od razu, także w trakcie pracy. Aby znów jej używać, połącz ją ponownie.",
    button: "Odłącz",
  },
  history: {
    title: "Co się ostatnio działo",
    viewed: "Administrator oglądał Twoje połączenia.",
    connected: "Ten dostęp przyznano z Twojego konta.",
    token_created: "Utworzono z Twojego konta.",
    narrowed: {
      user: "Ten dostęp ograniczono na tej stronie, z Twojego konta.",
      administrator: "Administrator ograniczył ten dostęp.",
    },
  },
  accounts: {
    title: "Wszystkie konta",
    about: "Konta z połączonymi aplikacjami. Możesz je oglądać i odłączać.",
    audited: "To, co tu robisz, jest zapisywane w dzienniku i pokazywane użytkownikowi konta.",
    none: "Żadne konto nie ma połączonej aplikacji.",
    unknownLogin: "nazwa nieznana",
    id: (id) => `Konto ${id}`,
    count: (count) => `Połączenia: ${count}`,
    open: "Zobacz",
    first: "Pierwsza strona",
    next: "Następna strona",
    own: "Twoje własne połączenia",
    one: {
      title: "Połączenia konta",
      none: "To konto nie ma połączonej aplikacji.",
      disconnect: "Dostęp kończy się od razu. Użytkownik widzi, że zrobił to administrator.",
    },
  },
};
