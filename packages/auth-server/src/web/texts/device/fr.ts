import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "Connecter un appareil",
  heading: "Connecter un appareil ou un programme",
  intro: "Un appareil ou un programme sans navigateur affiche un code et attend. Saisissez le code ici.",
  introFilledIn: "Comparez ce code avec celui que votre appareil ou programme affiche.",
  label: "Code",
  confirm: "Mon appareil affiche ce code",
  confirmAbout: "Je viens de lancer cela moi-même là-bas.",
  submit: "Continuer",
  warning:
    "Continuez seulement si vous avez lancé cela vous-même. Si le code vous est parvenu par message, courriel ou téléphone, fermez cette page\u00a0: vous relieriez l’appareil d’un inconnu à votre compte.",
  after: "Vous verrez ensuite ce qui demande l’accès, et vous déciderez.",
  tokenNamed: "Un jeton personnel, pour un programme qui tourne sans vous, nommé",
  waitsWith: "Attend ailleurs, avec le code",
  consentWarning:
    "Autorisez seulement si vous l’avez lancé vous-même et s’il affiche exactement ce code. Un code que l’on vous a envoyé donnerait votre accès à un inconnu.",
  faults: {
    unknown_code:
      "Ce code n’existe pas. Comparez-le avec votre appareil\u00a0; un code expire au bout de dix minutes, et l’appareil en demande alors un nouveau.",
    not_confirmed: "Rien n’est encore connecté. Cochez la case si votre appareil affiche ce code.",
    expired:
      "Cette page est restée ouverte trop longtemps, ou votre navigateur n’a pas gardé son cookie. Réessayez.",
  },
  paused: {
    title: "Trop de codes erronés",
    detail: "Ce navigateur a envoyé plusieurs codes qui n’existent pas.",
    advice: (wait) => `Attendez ${wait}, recommencez sur votre appareil et saisissez son nouveau code.`,
  },
  results: {
    granted: {
      title: "Connecté",
      detail: "Vous pouvez fermer cette page. Votre appareil continue de lui-même dans quelques secondes.",
    },
    access_denied: {
      title: "Non autorisé",
      detail: "Rien n’a été connecté, et l’appareil en est informé. Vous pouvez fermer cette page.",
    },
    temporarily_unavailable: {
      title: "Pas encore connecté",
      detail:
        "Forgejo n’a pas achevé la connexion. Réessayez dans un instant\u00a0: votre appareil attend encore.",
    },
    server_error: {
      title: "Non connecté",
      detail:
        "Ce serveur et Forgejo ne fonctionnent pas ensemble en ce moment. Prévenez l’administrateur et réessayez plus tard.",
    },
  },
  enterAgain: "Saisir le code à nouveau",
};
