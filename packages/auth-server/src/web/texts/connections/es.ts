import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "Se guardó el nombre.",
    narrowed: "Guardado. Desde ahora se permite menos.",
    unchanged: "No se cambió nada.",
    ended: "Desconectado. El acceso ha terminado.",
    already_ended: "Esta conexión ya había terminado.",
    signed_out: "Ha cerrado la sesión de esta página.",
    signed_in_again:
      "Entretanto se había cerrado su sesión y no se cambió nada. Inicie sesión y reinténtelo.",
    forgejo_first:
      "Aún no se creó ningún token. Inicie sesión con Forgejo una vez más para que pueda permitirlo y, después, cree el token.",
  },
  reasons: {
    disconnected: "Usted terminó este acceso en esta página.",
    administrator: "La administración terminó este acceso.",
    client_request: "La propia aplicación renunció a su acceso.",
    code_replay: "Su inicio de sesión se usó dos veces, lo que puede ser un ataque. Conéctela de nuevo.",
    refresh_replay:
      "Volvió a usar una clave antigua, lo que puede ser un ataque o deberse a una copia restaurada. Conéctela de nuevo.",
    upstream_invalid:
      "Forgejo terminó el acceso de este servidor a su cuenta. Conecte la aplicación de nuevo.",
    application_removed:
      "La administración cambió la forma en que este servidor accede a Forgejo. Conecte la aplicación de nuevo.",
    not_allowed: "La administración de este servidor ya no permite su cuenta.",
    evicted: "Su cuenta tenía demasiadas conexiones, y esta era la que llevaba más tiempo sin usarse.",
  },
  identities: {
    document: "Publica su identidad en un sitio propio.",
    registration: "Se registró ella misma; su nombre no se ha comprobado.",
    none: "Desconocida: cualquier programa de su dispositivo puede usar su dirección.",
  },
  signInFailures: {
    access_denied: {
      title: "Usted no inició sesión",
      detail: "El inicio de sesión se rechazó en Forgejo. No se cambió nada.",
      advice: "Cierre esta página o reinténtelo.",
    },
    not_allowed: {
      title: "Usted no puede usar este servidor",
      detail: "La administración de este servidor no ha permitido su cuenta.",
      advice: "Pida a la administración que la permita, e indique la referencia de abajo.",
    },
    temporarily_unavailable: {
      title: "Forgejo no responde",
      detail: "Por eso no puede iniciar sesión aquí en este momento. Sus conexiones no se ven afectadas.",
      advice: "Reinténtelo dentro de unos minutos.",
    },
    server_error: {
      title: "Este servidor no puede iniciar su sesión",
      detail: "Forgejo y este servidor no encajan en este momento. Sus conexiones no se ven afectadas.",
      advice: "Avise a la administración de este servidor.",
    },
  },
  faults: {
    not_found: {
      title: "No existe tal conexión",
      detail: "Puede que haya terminado o que pertenezca a otra cuenta.",
      advice: "Mire la lista de sus conexiones.",
    },
    not_administrator: {
      title: "Solo para la administración",
      detail: "Forgejo indica que su cuenta no lo administra. No se cambió nada.",
      advice: "Si acaba de recibir ese permiso, cierre aquí la sesión e iníciela de nuevo.",
    },
    unavailable: {
      title: "Forgejo no responde",
      detail: "Por eso este servidor no puede preguntarle por su cuenta. No se cambió nada.",
      advice: "Reinténtelo dentro de unos minutos.",
    },
    misconfigured: {
      title: "Forgejo y este servidor no encajan",
      detail: "Por eso este servidor no puede preguntarle por su cuenta. No se cambió nada.",
      advice: "Avise a la administración de este servidor.",
    },
    other_site: {
      title: "Esto no vino de nuestra página",
      detail: "Otro sitio, o una extensión de su navegador, envió este formulario. No se cambió nada.",
      advice: "Abra usted la página de sus conexiones y actúe allí.",
    },
    no_cookie: {
      title: "Su navegador no envió la cookie de la página",
      detail: "No se cambió nada. La cookie puede haber caducado, o su navegador la bloquea.",
      advice: "Permita las cookies de este sitio y abra la página de nuevo.",
    },
    wrong_token: {
      title: "Esta página está desactualizada",
      detail: "Usted inició o cerró sesión desde que la abrió. No se cambió nada.",
      advice: "Abra la página de nuevo.",
    },
    form_used: {
      title: "Este formulario ya se envió",
      detail: "Crea un solo token personal, que se muestra una vez. Ahora no se creó nada.",
      advice: "Si no copió el token, termínelo en la lista de sus conexiones y cree uno nuevo.",
    },
  },
  back: "Volver a sus conexiones",
  signIn: {
    title: "Sus aplicaciones conectadas",
    about: (forgejo) =>
      text`Vea qué aplicaciones usan su cuenta de ${forgejo}, póngales nombre, limítelas o desconéctelas.`,
    button: "Iniciar sesión con Forgejo",
    hint: (forgejo) =>
      text`Usted inicia sesión en ${forgejo}. Si ya la tiene iniciada, puede que no le pregunte nada.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`Puede que su sesión siga abierta en ${forgejo}: ${signOut("cerrarla allí")}.`,
  },
  signedInAs: (login) => text`Sesión iniciada como ${login}`,
  signOut: "Cerrar sesión",
  list: {
    title: "Aplicaciones conectadas",
    about: (forgejo) =>
      text`Estas aplicaciones pueden usar su cuenta de ${forgejo} a través de este servidor.`,
    manage: "Gestionar",
    emptyTitle: "No hay ninguna aplicación conectada",
    empty: "Añada esta dirección en su cliente MCP, como servidor MCP remoto. Después aparecerá aquí.",
    inForgejo: {
      title: "En el propio Forgejo",
      about: (forgejo) =>
        text`${forgejo} muestra este servidor como una sola aplicación. Si la revoca allí, todo lo anterior se detiene hasta que vuelva a iniciar sesión aquí o conecte una de nuevo; para terminar una de forma definitiva, desconéctela aquí.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} muestra este servidor como dos aplicaciones: una para las conexiones que solo leen y otra para las que también escriben. Si revoca una allí, todas sus conexiones se detienen de inmediato; para terminar una sola, desconéctela aquí.`,
    },
    allAccounts: "Conexiones de todas las cuentas",
  },
  connection: {
    title: "Una aplicación conectada",
    yourName: "El nombre que usted le da",
    address: "Su dirección",
    may: "Permisos",
    areas: "Áreas",
    since: "Conectada el",
    lastUse: "Último uso",
    neverUsed: "Aún sin usar",
    used: (when) => `Último uso: ${when}`,
    justNow: "ahora mismo",
    lastTools: "Últimas herramientas",
    sessions: "Sesiones abiertas",
    sessionCount: (count) => {
      if (count === 0) return "Ninguna";
      return count === 1 ? "1 sesión abierta" : `${count} sesiones abiertas`;
    },
    sessionsUnknown: "No se sabe en este momento",
  },
  tokens: {
    title: "Tokens personales",
    about: "Para programas que no pueden abrir un navegador, como scripts y CI. Cada uno actúa en su nombre.",
    one: "Token personal",
    made: "Creado el",
    expires: "Caduca el",
    expiresOn: (date) => `Caduca el ${date}`,
    end: {
      title: "Terminar este token",
      about:
        "Los programas que lo usan se rechazan de inmediato. No se puede recuperar: cree uno nuevo en su lugar.",
      button: "Terminarlo",
    },
    narrowAbout: "Se aplica de inmediato. Para volver a permitir más, cree un token nuevo.",
    form: {
      title: "Nuevo token personal",
      name: "¿Para qué es?",
      nameHint: "Un nombre con el que lo reconozca, como «nightly-ci».",
      days: "¿Para cuántos días?",
      daysHint: (max) => `De 1 a ${max}. Después termina por sí solo.`,
      button: "Crear el token",
      faults: {
        no_name: "Aún no se ha creado nada. Indique abajo para qué es el token.",
        bad_days: "Aún no se ha creado nada. Indique abajo un número entero de días, de 1 a 365.",
        too_often:
          "Aún no se ha creado nada: se crearon demasiados tokens en un minuto. Espere un minuto y envíe el formulario de nuevo.",
        too_many:
          "Usted tiene tantos tokens personales como puede tener una cuenta. Termine uno y cree después otro.",
      },
    },
    created: {
      title: "Su nuevo token personal",
      copy: "Cópielo ahora. Solo se muestra esta vez y no se guarda en ningún sitio.",
      header: "Su programa lo envía en esta cabecera de cada petición:",
      address: "Las peticiones van a esta dirección:",
      keep: "Manténgalo en secreto: quien lo tenga puede hacer en su nombre lo que tenga permitido. Si se filtra, termínelo en la página de sus conexiones.",
    },
  },
  rename: {
    title: "Cambiar el nombre",
    label: "El nombre que usted le da",
    about: "Solo usted lo ve, como «portátil» o «trabajo». Déjelo vacío para quitarlo.",
    button: "Guardar el nombre",
  },
  narrow: {
    title: "Permitir menos",
    about:
      "Se aplica de inmediato. Para volver a permitir más, desconecte la aplicación y conéctela de nuevo.",
    noArea: "No se cambió nada. Deje marcada al menos un área, o termine el acceso por completo.",
    button: "Guardar",
  },
  disconnect: {
    title: "Desconectar esta aplicación",
    about:
      "Su acceso termina de inmediato, también en mitad de su trabajo. Para volver a usarla, conéctela de nuevo.",
    button: "Desconectar",
  },
  history: {
    title: "Lo ocurrido últimamente",
    viewed: "La administración miró sus conexiones.",
    connected: "Usted permitió este acceso.",
    token_created: "Usted lo creó.",
    narrowed: {
      user: "Usted permitió menos a este acceso en esta página.",
      administrator: "La administración permitió menos a este acceso.",
    },
  },
  accounts: {
    title: "Todas las cuentas",
    about: "Cuentas con aplicaciones conectadas. Usted puede mirarlas y desconectar.",
    audited: "Lo que haga aquí queda registrado y se muestra al usuario de la cuenta.",
    none: "Ninguna cuenta tiene aplicaciones conectadas.",
    unknownLogin: "nombre desconocido",
    id: (id) => `Cuenta ${id}`,
    count: (count) => (count === 1 ? "1 conexión" : `${count} conexiones`),
    open: "Ver",
    first: "Primera página",
    next: "Página siguiente",
    own: "Sus propias conexiones",
    one: {
      title: "Conexiones de una cuenta",
      none: "Esta cuenta no tiene ninguna aplicación conectada.",
      disconnect: "El acceso termina de inmediato. El usuario ve que lo hizo la administración.",
    },
  },
};
