import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Conectar un dispositivo",
  heading: "Conectar un dispositivo o un programa",
  intro: "Un dispositivo o programa sin navegador muestra un código y espera. Introduzca el código aquí.",
  introFilledIn: "Compare este código con el que muestra su dispositivo o programa.",
  label: "Código",
  confirm: "Mi dispositivo muestra este código",
  confirmAbout: "Lo acabo de iniciar allí yo mismo.",
  submit: "Continuar",
  warning:
    "Continúe solo si usted mismo lo ha iniciado. Si el código le llegó en un mensaje, un correo o una llamada, cierre esta página: conectaría el dispositivo de un extraño a su cuenta.",
  after: "Después verá qué pide acceso, y decidirá.",
  tokenNamed: "Un token personal, para un programa que funciona sin usted, llamado",
  waitsWith: "Espera en otro lugar, con el código",
  consentWarning:
    "Permítalo solo si lo ha iniciado usted mismo y muestra exactamente este código. Un código que alguien le envió daría su acceso a un extraño.",
  faults: {
    unknown_code:
      "Ese código no existe. Compárelo con su dispositivo; un código caduca a los diez minutos, y el dispositivo necesita uno nuevo.",
    not_confirmed: "Aún no se ha conectado nada. Marque la casilla si su dispositivo muestra este código.",
    expired: "Esta página estuvo abierta demasiado tiempo, o su navegador no guardó su cookie. Reinténtelo.",
  },
  paused: {
    title: "Demasiados códigos erróneos",
    detail: "Este navegador ha enviado varios códigos que no existen.",
    advice: (wait) => `Espere ${wait}, empiece de nuevo en su dispositivo e introduzca el nuevo código.`,
  },
  results: {
    granted: {
      title: "Conectado",
      detail: "Puede cerrar esta página. Su dispositivo continúa solo en unos segundos.",
    },
    access_denied: {
      title: "No permitido",
      detail: "No se ha conectado nada, y el dispositivo ha sido informado. Puede cerrar esta página.",
    },
    temporarily_unavailable: {
      title: "Aún no conectado",
      detail:
        "Forgejo no completó el inicio de sesión. Reinténtelo en un momento: su dispositivo sigue esperando.",
    },
    server_error: {
      title: "No conectado",
      detail:
        "Este servidor y Forgejo no funcionan juntos en este momento. Avise a la administración y reinténtelo más tarde.",
    },
  },
  enterAgain: "Introducir el código de nuevo",
};
