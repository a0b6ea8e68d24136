import { html as text } from "hono/html";
import { connections } from "./connections/es.ts";
import { device } from "./device/es.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Vuelva a su cliente MCP y conéctelo de nuevo.";

export const es: Texts = {
  tag: "es",
  common: {
    connectAgain,
    tryAgain: "Reintentar",
    reference: (reference) => text`Referencia para la administración: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`Si vuelve a ocurrir, indique esta referencia a la administración: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`¿Ha entrado con la cuenta equivocada? ${signOut(text`Cierre la sesión en ${forgejo}`)}, reinténtelo y entre con la otra.`,
    tellClient: (target, goOn) =>
      text`Si acaba de iniciar una conexión desde ${target}, puede comunicarle este error: ${goOn(text`continuar a ${target}`)}. Si no, cierre esta página.`,
  },
  home: {
    title: "Forgejo para clientes MCP",
    heading: "Use Forgejo desde su asistente de IA",
    intro: (forgejo) =>
      text`Este servidor conecta clientes MCP con su propia cuenta en ${forgejo}. Añádalo a su cliente con esta dirección:`,
    clients: "Cómo añadirlo",
    paste: (menu) => text`Abra ${menu} y pegue la dirección.`,
    pasteAndChoose: (menu, choice) => text`Abra ${menu}, pegue la dirección y elija ${choice}.`,
    thenRun: (command) => text`Después ejecute allí ${command}.`,
    addTo: (client) => `Añadir a ${client}`,
    stdioClients: "Clientes que solo inician programas (stdio)",
    safety: (forgejo) =>
      text`Su cliente abre entonces una página de aquí que pregunta si lo permite, y usted inicia sesión en ${forgejo} como siempre. Su contraseña nunca pasa por este servidor ni por el cliente.`,
    connections: "Ver, limitar o desconectar las aplicaciones conectadas",
  },
  consent: {
    title: "¿Permitir una aplicación?",
    incomplete: (title) => `Incompleto: ${title}`,
    heading: "¿Permitir que una aplicación use su cuenta de Forgejo?",
    faults: {
      not_started: "Aún no se ha permitido nada. Marque abajo «Lo he iniciado yo» si es así.",
      outdated:
        "Aún no se ha permitido nada. Esta página ha estado abierta más de diez minutos: elija de nuevo abajo.",
      no_level: "Aún no se ha permitido nada. Elija abajo «Solo lectura» o «Lectura y escritura».",
      level_not_offered: "Aún no se ha permitido nada. Lo elegido no se ofrece aquí: elija de nuevo abajo.",
      no_toolset: "Aún no se ha permitido nada. Deje marcada al menos un área en «¿Dónde?».",
      toolset_not_offered:
        "Aún no se ha permitido nada. Una de las áreas no se ofrece aquí: elija de nuevo abajo.",
    },
    callsItself: "La aplicación dice llamarse",
    unnamed: "Una aplicación sin nombre",
    identity: "Identidad",
    unverified: "registro sin verificar",
    registeredItself: "se registró ella misma",
    known: "conocida por este servidor",
    document: (host) => text`un documento en ${host}`,
    sendsBackTo: "Le devuelve a",
    loopbackWarning:
      "Esto va a un programa de su propio ordenador. Permítalo solo si usted acaba de iniciar una conexión desde un programa allí: cualquier otro podría hacerse pasar por él.",
    appWarning: (scheme) =>
      text`Esto abre una aplicación de su dispositivo, la de los enlaces ${scheme}. Permítalo solo si usted acaba de iniciar una conexión desde esa aplicación: cualquier otra podría hacerse pasar por ella.`,
    levelQuestion: "¿Qué se permite?",
    onlyReading: "Solo puede leer",
    started: {
      label: "Lo he iniciado yo",
      about: "Acabo de pedir a esta aplicación que se conecte. Puede ver, pero no cambiar nada.",
    },
    privateIncluded: "Se incluyen los repositorios privados que usted puede ver.",
    readingEnforced: "El propio Forgejo lo garantiza.",
    publicOnly: "Solo se incluye lo que es público.",
    toolsetQuestion: "¿Dónde?",
    moreToolsets: (count) => `Más áreas (${count})`,
    readOnlyToolset: (label) => `${label} (solo lectura)`,
    earlier: (day, choice) =>
      `El ${day} se permitió en este navegador una aplicación que aquí tenía el mismo aspecto: ${choice}. Elija de nuevo abajo.`,
    onlyIfAsked: "Permítalo solo si usted acaba de pedir a esta aplicación que se conecte.",
    deny: "Denegar",
    allow: "Permitir",
    endsUnused: (duration) => `El acceso de la aplicación termina cuando no se ha usado durante ${duration}.`,
    endsAfter: (duration) => `El acceso de la aplicación dura ${duration}.`,
    end: (connections) =>
      text`Puede limitarlo o terminarlo en cualquier momento, en ${connections("Aplicaciones conectadas")}.`,
    signIn: (forgejo, signOut) =>
      text`El nombre de arriba es el que se da la propia aplicación; no se ha comprobado. Después de «Permitir» usted inicia sesión en ${forgejo}. Si allí tiene abierta la sesión de otra cuenta que la que quiere usar, ${signOut("ciérrela")} antes.`,
  },
  levels: {
    read: { label: "Solo lectura", about: "Puede ver, pero no cambiar nada." },
    write: {
      label: "Lectura y escritura",
      about: "También puede crear, cambiar, fusionar y borrar en su nombre.",
    },
  },
  toolsets: {
    issues: { label: "Incidencias", about: "Incidencias, sus comentarios, etiquetas e hitos" },
    "pull-requests": {
      label: "Pull requests",
      about: "Pull requests y sus revisiones, también fusionarlas",
    },
    code: { label: "Código", about: "Repositorios, sus ramas, archivos y commits" },
    releases: { label: "Lanzamientos", about: "Los lanzamientos de los repositorios" },
    actions: { label: "Actions", about: "Ejecuciones de workflows, sus trabajos y registros" },
    wiki: { label: "Wiki", about: "Páginas de wiki y su historial" },
    "time-tracking": { label: "Tiempo", about: "Tiempos registrados y cronómetros" },
    attachments: {
      label: "Adjuntos",
      about: "Archivos adjuntos a incidencias, comentarios y lanzamientos",
    },
    organizations: {
      label: "Organizaciones",
      about: "Organizaciones, sus miembros, equipos y etiquetas",
    },
    notifications: { label: "Notificaciones", about: "Sus notificaciones, y si están leídas" },
    admin: {
      label: "Administración",
      about: "Configuración, webhooks y protección de ramas de los repositorios",
    },
    context: { label: "Contexto", about: "Su propia cuenta, y los demás usuarios" },
    other: {
      label: "Todo lo demás",
      about: "Herramientas que no encajan arriba o que este servidor no conoce",
    },
  },
  loginFaults: {
    no_login: {
      title: "Aquí no hay ningún inicio de sesión",
      detail:
        "Esta dirección solo sirve para volver desde Forgejo, y su navegador llegó sin un inicio de sesión en curso.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "Este inicio de sesión empezó en otro navegador",
      detail:
        "Solo puede terminarse en el navegador donde empezó. Una ventana privada cuenta como otro navegador.",
      steps: ({ forgejo }) => [
        "Continúe en el navegador que abrió su cliente MCP, o conéctelo de nuevo y siga en ese navegador.",
        text`Para usar otra cuenta, cierre antes la sesión en ${forgejo} en ese navegador y conéctelo de nuevo.`,
      ],
    },
    cookies_blocked: {
      title: "Su navegador no conservó la cookie del inicio de sesión",
      detail:
        "Este servidor reconoce su navegador por una cookie durante el inicio de sesión, y no ha vuelto ninguna.",
      steps: ({ server }) => [
        text`Permita las cookies de ${server}; una ventana privada o una extensión puede bloquearlas.`,
        "Compruebe la fecha y la hora de este dispositivo: con el reloj mal, un navegador borra las cookies al instante.",
        "Si copió el enlace desde otro navegador, continúe allí.",
        connectAgain,
      ],
    },
    finished: {
      title: "Este inicio de sesión ya terminó",
      detail: "Cada inicio de sesión sirve una vez. No queda nada que hacer en esta página.",
      steps: () => [
        "Si su cliente MCP indica que está conectado, cierre esta página.",
        "Si no, vuelva a su cliente MCP y conéctelo de nuevo.",
      ],
    },
    expired: {
      title: "Este inicio de sesión ha caducado",
      detail: "No se terminó a tiempo, o ya acabó. Esta página no ha permitido nada.",
      steps: () => [connectAgain, "Después termine el inicio de sesión sin una pausa larga."],
    },
    clock_changed: {
      title: "El reloj de este servidor ha cambiado",
      detail:
        "El inicio de sesión parece haber empezado en el futuro: el reloj del servidor se atrasó, o varios servidores no coinciden.",
      steps: () => [
        connectAgain,
        "Si vuelve a ocurrir, pida a la administración que compruebe que el reloj del servidor está sincronizado.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "Este inicio de sesión ha caducado",
      detail: "No se terminó a tiempo, ya acabó, o su navegador no conservó su cookie.",
      advice:
        "Si su cliente MCP indica que está conectado, cierre esta página. Si no, vuelva a él y conéctelo de nuevo.",
    },
    unreadable_document: {
      title: "Esta aplicación no se conoce aquí",
      detail:
        "La describe un documento de su propio sitio web, que este servidor no puede leer o no debe usar.",
      advice: "Reinténtelo en un minuto. Si no sirve, dé la referencia a la administración.",
    },
    unknown_client: {
      title: "Esta aplicación no se conoce aquí",
      detail: "Este cliente no está registrado aquí, o ya no lo está.",
      advice: "Quite este servidor de su cliente y añádalo de nuevo.",
    },
    not_accepted: {
      title: "Esta aplicación no puede conectarse aquí",
      detail: "La administración de este servidor no la ha permitido:",
      advice: "Consulte a la administración e indique la referencia de abajo.",
    },
    unregistered_redirect: {
      title: "Este inicio de sesión no puede continuar",
      detail: "El cliente pide volver a una dirección que no ha registrado.",
      advice: connectAgain,
    },
    no_page: {
      title: "Este inicio de sesión no puede continuar",
      detail: "El cliente pide conectarse sin página. Este servidor siempre le pregunta antes.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Reinténtelo en un momento",
      detail: "Una parte de este servidor se está reiniciando. Reinténtelo en unos segundos.",
      advice: connectAgain,
    },
    failed: {
      title: "Algo ha fallado",
      detail: "Este servidor no pudo completar la petición.",
      advice: connectAgain,
    },
    invalid: {
      title: "Este inicio de sesión no puede continuar",
      detail: "La petición del cliente está incompleta o no es válida:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Reinténtelo en un momento",
      detail: "Una parte de este servidor se está reiniciando.",
      advice: "Recargue esta página en unos segundos. No se pierde nada.",
    },
    failed: {
      title: "Algo ha fallado",
      detail: "Este servidor no pudo completar la petición.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Demasiadas solicitudes",
    detail: "Este servidor recibió demasiadas solicitudes de su red en un minuto.",
    advice: (wait) => `Espere ${wait} y vuelva a cargar esta página. No se pierde nada.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Compruebe la cuenta",
    signedIn: (login, forgejo) => text`Ha entrado en ${forgejo} como ${login}.`,
    before:
      "Antes se conectó otra cuenta desde este navegador. Si continúa, esta aplicación actuará con la cuenta de arriba.",
    goOn: "Continuar con esta cuenta",
  },
  notAllowed: {
    title: "Usted no puede usar este servidor",
    detail: (login) =>
      text`Inició sesión en Forgejo como ${login}, y la administración de este servidor no ha permitido esa cuenta. Su cliente MCP no obtuvo acceso.`,
    ask: "Pida a la administración de este servidor que permita su cuenta, e indique la referencia de abajo.",
    goBack: "Vuelva a su cliente MCP, que sabrá que no obtuvo acceso.",
    back: "Volver al cliente MCP",
  },
  suspended: {
    title: "Forgejo no le deja entrar",
    detail: "Usted inició sesión, pero Forgejo no admite su cuenta en este momento. Forgejo indica:",
    act: "Haga en Forgejo lo que pide, o consulte a su administración.",
    open: "Abrir Forgejo",
    comeBack: "Vuelva a esta página y reinténtelo.",
  },
  insufficientScope: {
    title: "Forgejo concedió demasiado poco",
    detail: "Usted permitió este servidor en Forgejo con menos permisos, y Forgejo los mantiene. Faltan:",
    privateRepositories: "repositorios privados",
    revoke:
      "Abra sus aplicaciones en Forgejo y revoque el acceso de este servidor en «Aplicaciones OAuth2 autorizadas». Los clientes que conectó antes deberán conectarse de nuevo.",
    entries: {
      read: "Este servidor tiene allí dos entradas. Revoque la de solo lectura, por ejemplo «fjmcp (read only)», y deje la otra.",
      write:
        "Este servidor tiene allí dos entradas. Revoque la de lectura y escritura, y deje la de solo lectura, por ejemplo «fjmcp (read only)».",
    },
    open: "Abrir la configuración de Forgejo",
    comeBack: "Vuelva a esta página y reinténtelo. Forgejo pedirá entonces todos los permisos.",
  },
  notFound: {
    title: "Aquí no hay ninguna página",
    detail:
      "Si siguió un enlace de su cliente MCP, conéctelo de nuevo. La dirección de este servidor para clientes MCP es:",
    connect: "Cómo conectar un cliente",
  },
};
