import { html as text } from "hono/html";
import { connections } from "./connections/pl.ts";
import { device } from "./device/pl.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Wróć do swojego klienta MCP i połącz go ponownie.";

export const pl: Texts = {
  tag: "pl",
  common: {
    connectAgain,
    tryAgain: "Spróbuj ponownie",
    reference: (reference) => text`Numer dla administratora: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`Jeśli to się powtarza, podaj administratorowi ten numer: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`Zalogowano na niewłaściwe konto? ${signOut(text`Wyloguj się z ${forgejo}`)}, spróbuj ponownie i zaloguj się na to drugie.`,
    tellClient: (target, goOn) =>
      text`Jeśli to Ty właśnie rozpoczynasz łączenie z ${target}, możesz przekazać tam ten błąd: ${goOn(text`przejdź do ${target}`)}. W przeciwnym razie zamknij tę stronę.`,
  },
  home: {
    title: "Forgejo dla klientów MCP",
    heading: "Korzystaj z Forgejo w swoim asystencie AI",
    intro: (forgejo) =>
      text`Ten serwer łączy klientów MCP z Twoim własnym kontem na ${forgejo}. Dodaj go w swoim kliencie pod tym adresem:`,
    clients: "Jak go dodać",
    paste: (menu) => text`Otwórz ${menu} i wklej adres.`,
    pasteAndChoose: (menu, choice) => text`Otwórz ${menu}, wklej adres i wybierz ${choice}.`,
    thenRun: (command) => text`Następnie uruchom w nim ${command}.`,
    addTo: (client) => `Dodaj do ${client}`,
    stdioClients: "Klienty, które tylko uruchamiają programy (stdio)",
    safety: (forgejo) =>
      text`Klient otworzy wtedy tutaj stronę z pytaniem o Twoją zgodę, a Ty zalogujesz się na ${forgejo} jak zwykle. Twoje hasło nigdy nie przechodzi przez ten serwer ani przez klienta.`,
    connections: "Zobacz, ogranicz lub odłącz połączone aplikacje",
  },
  consent: {
    title: "Zezwolić aplikacji?",
    incomplete: (title) => `Niepełne: ${title}`,
    heading: "Zezwolić aplikacji na używanie Twojego konta Forgejo?",
    faults: {
      not_started: "Na nic jeszcze nie zezwolono. Zaznacz poniżej „To ja to rozpoczynam”, jeśli tak jest.",
      outdated:
        "Na nic jeszcze nie zezwolono. Ta strona była otwarta dłużej niż dziesięć minut: wybierz poniżej jeszcze raz.",
      no_level: "Na nic jeszcze nie zezwolono. Wybierz poniżej „Tylko odczyt” albo „Odczyt i zapis”.",
      level_not_offered: "Na nic jeszcze nie zezwolono. Tego wyboru tu nie ma: wybierz poniżej jeszcze raz.",
      no_toolset: "Na nic jeszcze nie zezwolono. Pozostaw zaznaczony choć jeden obszar w „Gdzie?”.",
      toolset_not_offered:
        "Na nic jeszcze nie zezwolono. Jednego z obszarów tu nie ma: wybierz poniżej jeszcze raz.",
    },
    callsItself: "Nazywa siebie",
    unnamed: "Aplikacja bez nazwy",
    identity: "Tożsamość",
    unverified: "niesprawdzona rejestracja",
    registeredItself: "zarejestrowała się sama",
    known: "znana temu serwerowi",
    document: (host) => text`dokument na ${host}`,
    sendsBackTo: "Odsyła Cię do",
    loopbackWarning:
      "To trafi do programu na Twoim własnym komputerze. Zezwól tylko wtedy, gdy to Ty właśnie rozpoczynasz łączenie w programie na nim: każdy inny mógłby się pod niego podszyć.",
    appWarning: (scheme) =>
      text`To otworzy aplikację na Twoim urządzeniu, tę od odnośników ${scheme}. Zezwól tylko wtedy, gdy to Ty właśnie rozpoczynasz łączenie w tej aplikacji: każda inna mogłaby się pod nią podszyć.`,
    levelQuestion: "Co może robić?",
    onlyReading: "Może tylko odczytywać",
    started: {
      label: "To ja to rozpoczynam",
      about: "Właśnie łączę tę aplikację. Może przeglądać, ale nie może niczego zmieniać.",
    },
    privateIncluded: "Obejmuje też prywatne repozytoria, które możesz zobaczyć.",
    readingEnforced: "Pilnuje tego samo Forgejo.",
    publicOnly: "Obejmuje tylko to, co publiczne.",
    toolsetQuestion: "Gdzie?",
    moreToolsets: (count) => `Więcej obszarów (${count})`,
    readOnlyToolset: (label) => `${label} (tylko odczyt)`,
    earlier: (day, choice) =>
      `Dnia ${day} zezwolono w tej przeglądarce na aplikację, która wyglądała tu tak samo: ${choice}. Wybierz poniżej jeszcze raz.`,
    onlyIfAsked: "Zezwól tylko wtedy, gdy to Ty właśnie łączysz tę aplikację.",
    deny: "Odmów",
    allow: "Zezwól",
    endsUnused: (duration) => `Jej dostęp wygasa, gdy nie był używany przez ${duration}.`,
    endsAfter: (duration) => `Jej dostęp trwa ${duration}.`,
    end: (connections) =>
      text`Możesz go w każdej chwili ograniczyć lub zakończyć, w ${connections("Połączonych aplikacjach")}.`,
    signIn: (forgejo, signOut) =>
      text`Nazwę powyżej aplikacja nadała sobie sama; nie została sprawdzona. Po „Zezwól” zalogujesz się na ${forgejo}. Jeśli jesteś tam na innym koncie niż to, którego chcesz użyć, ${signOut("wyloguj się tam")} najpierw.`,
  },
  levels: {
    read: { label: "Tylko odczyt", about: "Może przeglądać, ale nie może niczego zmieniać." },
    write: {
      label: "Odczyt i zapis",
      about: "Może też w Twoim imieniu tworzyć, zmieniać, scalać i usuwać.",
    },
  },
  toolsets: {
    issues: { label: "Zgłoszenia", about: "Zgłoszenia, ich komentarze, etykiety i kamienie milowe" },
    "pull-requests": {
      label: "Pull requesty",
      about: "Pull requesty i ich recenzje, razem ze scalaniem",
    },
    code: { label: "Kod", about: "Repozytoria, ich gałęzie, pliki i commity" },
    releases: { label: "Wydania", about: "Wydania repozytoriów" },
    actions: { label: "Actions", about: "Przebiegi workflow, ich zadania i logi" },
    wiki: { label: "Wiki", about: "Strony wiki i ich historia" },
    "time-tracking": { label: "Czas pracy", about: "Zapisane czasy i stopery" },
    attachments: { label: "Załączniki", about: "Pliki przy zgłoszeniach, komentarzach i wydaniach" },
    organizations: {
      label: "Organizacje",
      about: "Organizacje, ich członkowie, zespoły i etykiety",
    },
    notifications: { label: "Powiadomienia", about: "Twoje powiadomienia i to, czy są przeczytane" },
    admin: {
      label: "Administracja",
      about: "Ustawienia, webhooki i ochrona gałęzi repozytoriów",
    },
    context: { label: "Kontekst", about: "Twoje własne konto i inni użytkownicy" },
    other: {
      label: "Wszystko inne",
      about: "Narzędzia, które nigdzie wyżej nie pasują lub których ten serwer nie zna",
    },
  },
  loginFaults: {
    no_login: {
      title: "Nie trwa tu żadne logowanie",
      detail:
        "Ten adres służy tylko do powrotu z Forgejo, a Twoja przeglądarka przyszła bez trwającego logowania.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "To logowanie rozpoczęto w innej przeglądarce",
      detail:
        "Można je dokończyć tylko w przeglądarce, w której je rozpoczęto. Okno prywatne liczy się jako inna przeglądarka.",
      steps: ({ forgejo }) => [
        "Kontynuuj w przeglądarce, którą otworzył klient MCP, albo połącz się ponownie i pozostań w tej przeglądarce.",
        text`Aby użyć innego konta, najpierw wyloguj się w tej przeglądarce z ${forgejo}, a potem połącz się ponownie.`,
      ],
    },
    cookies_blocked: {
      title: "Twoja przeglądarka nie zachowała ciasteczka logowania",
      detail: "Podczas logowania ten serwer rozpoznaje przeglądarkę po ciasteczku, a żadne nie wróciło.",
      steps: ({ server }) => [
        text`Zezwól na ciasteczka dla ${server}; może je blokować okno prywatne lub rozszerzenie.`,
        "Sprawdź datę i godzinę tego urządzenia: przy złym zegarze przeglądarka od razu usuwa ciasteczka.",
        "Jeśli odnośnik skopiowano z innej przeglądarki, kontynuuj w tamtej.",
        connectAgain,
      ],
    },
    finished: {
      title: "To logowanie jest już zakończone",
      detail: "Każde logowanie działa raz. Na tej stronie nie ma już nic do zrobienia.",
      steps: () => [
        "Jeśli klient MCP pokazuje, że jest połączony, zamknij tę stronę.",
        "Jeśli nie, wróć do klienta MCP i połącz go ponownie.",
      ],
    },
    expired: {
      title: "To logowanie wygasło",
      detail: "Nie zostało dokończone na czas albo już minęło. Ta strona na nic nie zezwoliła.",
      steps: () => [connectAgain, "Następnie dokończ logowanie bez długiej przerwy."],
    },
    clock_changed: {
      title: "Zegar tego serwera się zmienił",
      detail:
        "Logowanie zdaje się zaczynać w przyszłości: zegar serwera cofnięto albo kilka serwerów ma różny czas.",
      steps: () => [
        connectAgain,
        "Jeśli to się powtórzy, poproś administratora o sprawdzenie, czy zegar serwera jest zsynchronizowany.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "To logowanie wygasło",
      detail: "Nie zostało dokończone na czas, już minęło albo przeglądarka nie zachowała jego ciasteczka.",
      advice:
        "Jeśli klient MCP pokazuje, że jest połączony, zamknij tę stronę. Jeśli nie, wróć do niego i połącz go ponownie.",
    },
    unreadable_document: {
      title: "Ta aplikacja nie jest tu znana",
      detail:
        "Opisuje ją dokument na jej własnej stronie, którego ten serwer nie może odczytać lub nie może użyć.",
      advice: "Spróbuj ponownie za minutę. Jeśli to nie pomoże, podaj numer administratorowi.",
    },
    unknown_client: {
      title: "Ta aplikacja nie jest tu znana",
      detail: "Ten klient nie jest tu zarejestrowany albo już nie jest.",
      advice: "Usuń ten serwer w kliencie i dodaj go ponownie.",
    },
    not_accepted: {
      title: "Ta aplikacja nie może się tu połączyć",
      detail: "Administrator tego serwera na to nie zezwolił:",
      advice: "Zapytaj administratora i podaj poniższy numer.",
    },
    unregistered_redirect: {
      title: "Tego logowania nie można kontynuować",
      detail: "Klient prosi o powrót pod adres, którego nie zarejestrował.",
      advice: connectAgain,
    },
    no_page: {
      title: "Tego logowania nie można kontynuować",
      detail: "Klient chce połączyć się bez strony. Ten serwer zawsze najpierw pyta Ciebie.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Spróbuj ponownie za chwilę",
      detail: "Część tego serwera uruchamia się ponownie. Spróbuj za kilka sekund.",
      advice: connectAgain,
    },
    failed: {
      title: "Coś poszło nie tak",
      detail: "Ten serwer nie mógł wykonać żądania.",
      advice: connectAgain,
    },
    invalid: {
      title: "Tego logowania nie można kontynuować",
      detail: "Żądanie klienta jest niepełne lub nieprawidłowe:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Spróbuj ponownie za chwilę",
      detail: "Część tego serwera uruchamia się ponownie.",
      advice: "Odśwież tę stronę za kilka sekund. Nic nie przepadnie.",
    },
    failed: {
      title: "Coś poszło nie tak",
      detail: "Ten serwer nie mógł wykonać żądania.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Zbyt wiele żądań",
    detail: "W ciągu minuty ten serwer otrzymał zbyt wiele żądań z Twojej sieci.",
    advice: (wait) => `Odczekaj (${wait}), a potem odśwież tę stronę. Nic nie przepadnie.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Sprawdź konto",
    signedIn: (login, forgejo) => text`Zalogowano w ${forgejo} jako ${login}.`,
    before:
      "Z tej przeglądarki połączono wcześniej inne konto. Jeśli przejdziesz dalej, ta aplikacja będzie działać z powyższego konta.",
    goOn: "Dalej z tym kontem",
  },
  notAllowed: {
    title: "Nie możesz używać tego serwera",
    detail: (login) =>
      text`W Forgejo używasz konta ${login}, a administrator tego serwera nie zezwolił na to konto. Twój klient MCP nie otrzymał dostępu.`,
    ask: "Poproś administratora tego serwera o zezwolenie dla Twojego konta i podaj poniższy numer.",
    goBack: "Wróć do klienta MCP, który dowie się, że nie otrzymał dostępu.",
    back: "Wróć do klienta MCP",
  },
  suspended: {
    title: "Forgejo Cię nie wpuszcza",
    detail: "Logowanie się udało, ale Forgejo nie dopuszcza teraz Twojego konta. Forgejo podaje:",
    act: "Zrób w Forgejo to, o co prosi, albo zapytaj jego administratora.",
    open: "Otwórz Forgejo",
    comeBack: "Wróć na tę stronę i spróbuj ponownie.",
  },
  insufficientScope: {
    title: "Forgejo przyznało za mało",
    detail: "Kiedyś zezwolono w Forgejo temu serwerowi na mniej i Forgejo się tego trzyma. Brakuje:",
    privateRepositories: "prywatne repozytoria",
    revoke:
      "Otwórz swoje aplikacje w Forgejo i w części „Autoryzowane aplikacje OAuth2” cofnij dostęp tego serwera. Klientów połączonych wcześniej trzeba będzie połączyć ponownie.",
    entries: {
      read: "Ten serwer ma tam dwa wpisy. Cofnij dostęp wpisowi tylko do odczytu, na przykład „fjmcp (read only)”, a drugi zostaw.",
      write:
        "Ten serwer ma tam dwa wpisy. Cofnij dostęp wpisowi do odczytu i zapisu, a wpis tylko do odczytu, na przykład „fjmcp (read only)”, zostaw.",
    },
    open: "Otwórz ustawienia Forgejo",
    comeBack: "Wróć na tę stronę i spróbuj ponownie. Forgejo zapyta wtedy o wszystkie uprawnienia.",
  },
  notFound: {
    title: "Nie ma tu żadnej strony",
    detail:
      "Jeśli prowadził tu odnośnik z klienta MCP, połącz go ponownie. Adres tego serwera dla klientów MCP to:",
    connect: "Jak połączyć klienta",
  },
};
