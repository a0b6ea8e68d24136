import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Conectar um dispositivo",
  heading: "Conectar um dispositivo ou um programa",
  intro: "Um dispositivo ou programa sem navegador mostra um código e espera. Digite o código aqui.",
  introFilledIn: "Compare este código com o que seu dispositivo ou programa mostra.",
  label: "Código",
  confirm: "Meu dispositivo mostra este código",
  confirmAbout: "Acabei de iniciar isso lá, eu mesmo.",
  submit: "Continuar",
  warning:
    "Continue apenas se você mesmo iniciou isso. Se o código chegou por mensagem, e-mail ou telefonema, feche esta página: você conectaria o dispositivo de um estranho à sua conta.",
  after: "Em seguida você vê o que pede acesso e decide.",
  tokenNamed: "Um token pessoal, para um programa que funciona sem você, chamado",
  waitsWith: "Espera em outro lugar, com o código",
  consentWarning:
    "Permita apenas se você mesmo iniciou e ele mostra exatamente este código. Um código que alguém enviou daria seu acesso a um estranho.",
  faults: {
    unknown_code:
      "Esse código não existe. Compare-o com seu dispositivo; um código expira após dez minutos, e o dispositivo precisa de um novo.",
    not_confirmed: "Nada foi conectado ainda. Marque a caixa se seu dispositivo mostra este código.",
    expired: "Esta página ficou aberta tempo demais, ou seu navegador não guardou o cookie. Tente novamente.",
  },
  paused: {
    title: "Códigos errados demais",
    detail: "Este navegador enviou vários códigos que não existem.",
    advice: (wait) => `Espere ${wait}, comece de novo no seu dispositivo e digite o novo código.`,
  },
  results: {
    granted: {
      title: "Conectado",
      detail: "Você pode fechar esta página. Seu dispositivo continua sozinho em alguns segundos.",
    },
    access_denied: {
      title: "Não permitido",
      detail: "Nada foi conectado, e o dispositivo foi informado. Você pode fechar esta página.",
    },
    temporarily_unavailable: {
      title: "Ainda não conectado",
      detail: "O Forgejo não concluiu o login. Tente novamente em um instante: seu dispositivo ainda espera.",
    },
    server_error: {
      title: "Não conectado",
      detail:
        "Este servidor e o Forgejo não funcionam juntos no momento. Avise a administração e tente mais tarde.",
    },
  },
  enterAgain: "Digitar o código novamente",
};
