import { html as text } from "hono/html";
import { connections } from "./connections/fr.ts";
import { device } from "./device/fr.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Revenez à votre client MCP et connectez-le à nouveau.";

export const fr: Texts = {
  tag: "fr",
  common: {
    connectAgain,
    tryAgain: "Réessayer",
    reference: (reference) => text`Référence pour l’administrateur\u00a0: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`Si cela se reproduit, donnez cette référence à l’administrateur\u00a0: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`Connecté avec le mauvais compte\u00a0? ${signOut(text`Déconnectez-vous de ${forgejo}`)}, puis réessayez et connectez-vous avec l’autre compte.`,
    tellClient: (target, goOn) =>
      text`Si vous venez de lancer une connexion depuis ${target}, vous pouvez lui signaler cette erreur\u00a0: ${goOn(text`continuer vers ${target}`)}. Sinon, fermez cette page.`,
  },
  home: {
    title: "Forgejo pour les clients MCP",
    heading: "Utilisez Forgejo depuis votre assistant IA",
    intro: (forgejo) =>
      text`Ce serveur relie des clients MCP à votre propre compte sur ${forgejo}. Ajoutez-le à votre client avec cette adresse\u00a0:`,
    clients: "Comment l’ajouter",
    paste: (menu) => text`Ouvrez ${menu} et collez l’adresse.`,
    pasteAndChoose: (menu, choice) => text`Ouvrez ${menu}, collez l’adresse et choisissez ${choice}.`,
    thenRun: (command) => text`Puis lancez-y ${command}.`,
    addTo: (client) => `Ajouter à ${client}`,
    stdioClients: "Clients qui ne font que lancer des programmes (stdio)",
    safety: (forgejo) =>
      text`Votre client ouvre alors une page d’ici qui demande si vous l’autorisez, puis vous vous connectez à ${forgejo} comme d’habitude. Votre mot de passe ne passe jamais par ce serveur ni par le client.`,
    connections: "Voir, restreindre ou déconnecter les applications connectées",
  },
  consent: {
    title: "Autoriser une application\u00a0?",
    incomplete: (title) => `Incomplet\u00a0: ${title}`,
    heading: "Autoriser une application à utiliser votre compte Forgejo\u00a0?",
    faults: {
      not_started:
        "Rien n’a encore été autorisé. Cochez «\u00a0C’est moi qui ai commencé\u00a0» ci-dessous si c’est le cas.",
      outdated:
        "Rien n’a encore été autorisé. Cette page est restée ouverte plus de dix minutes\u00a0: choisissez à nouveau ci-dessous.",
      no_level:
        "Rien n’a encore été autorisé. Choisissez «\u00a0Lecture seule\u00a0» ou «\u00a0Lecture et écriture\u00a0» ci-dessous.",
      level_not_offered:
        "Rien n’a encore été autorisé. Ce choix n’est pas proposé ici\u00a0: choisissez à nouveau ci-dessous.",
      no_toolset:
        "Rien n’a encore été autorisé. Laissez au moins un domaine coché sous «\u00a0Où\u00a0?\u00a0».",
      toolset_not_offered:
        "Rien n’a encore été autorisé. L’un des domaines n’est pas proposé ici\u00a0: choisissez à nouveau ci-dessous.",
    },
    callsItself: "Elle dit s’appeler",
    unnamed: "Une application sans nom",
    identity: "Identité",
    unverified: "inscription non vérifiée",
    registeredItself: "elle s’est inscrite elle-même",
    known: "connue de ce serveur",
    document: (host) => text`un document sur ${host}`,
    sendsBackTo: "Vous renvoie vers",
    loopbackWarning:
      "Ceci va à un programme de votre propre ordinateur. N’autorisez que si vous venez d’y lancer une connexion vous-même\u00a0: tout autre programme pourrait se faire passer pour lui.",
    appWarning: (scheme) =>
      text`Ceci ouvre une application de votre appareil, celle des liens ${scheme}. N’autorisez que si vous venez de lancer une connexion depuis cette application\u00a0: toute autre pourrait se faire passer pour elle.`,
    levelQuestion: "Qu’est-ce qui est autorisé\u00a0?",
    onlyReading: "Seule la lecture est autorisée",
    started: {
      label: "C’est moi qui ai commencé",
      about:
        "Je viens de demander à cette application de se connecter. Elle peut consulter, mais ne peut rien modifier.",
    },
    privateIncluded: "Les dépôts privés que vous pouvez voir sont inclus.",
    readingEnforced: "Forgejo lui-même y veille.",
    publicOnly: "Seul ce qui est public est inclus.",
    toolsetQuestion: "Où\u00a0?",
    moreToolsets: (count) => `Autres domaines (${count})`,
    readOnlyToolset: (label) => `${label} (lecture seule)`,
    earlier: (day, choice) =>
      `Le ${day}, une application d’apparence identique a été autorisée dans ce navigateur\u00a0: ${choice}. Choisissez à nouveau ci-dessous.`,
    onlyIfAsked: "N’autorisez que si vous venez vous-même de demander à cette application de se connecter.",
    deny: "Refuser",
    allow: "Autoriser",
    endsUnused: (duration) => `Son accès prend fin s’il n’est pas utilisé pendant ${duration}.`,
    endsAfter: (duration) => `Son accès dure ${duration}.`,
    end: (connections) =>
      text`Vous pouvez le restreindre ou y mettre fin à tout moment, sous ${connections("Applications connectées")}.`,
    signIn: (forgejo, signOut) =>
      text`Le nom ci-dessus est celui que l’application se donne\u00a0; il n’a pas été vérifié. Après «\u00a0Autoriser\u00a0», vous vous connectez à ${forgejo}. Si vous y êtes connecté avec un autre compte que celui que vous voulez utiliser, ${signOut("déconnectez-vous-y")} d’abord.`,
  },
  levels: {
    read: { label: "Lecture seule", about: "Consulter, sans rien modifier." },
    write: {
      label: "Lecture et écriture",
      about: "Aussi créer, modifier, fusionner et supprimer en votre nom.",
    },
  },
  toolsets: {
    issues: { label: "Tickets", about: "Les tickets, leurs commentaires, labels et jalons" },
    "pull-requests": {
      label: "Demandes d’ajout",
      about: "Les demandes d’ajout (pull requests) et leurs revues, fusion comprise",
    },
    code: { label: "Code", about: "Les dépôts, leurs branches, fichiers et commits" },
    releases: { label: "Publications", about: "Les publications des dépôts" },
    actions: { label: "Actions", about: "Les exécutions de workflows, leurs tâches et journaux" },
    wiki: { label: "Wiki", about: "Les pages de wiki et leur historique" },
    "time-tracking": { label: "Suivi du temps", about: "Les temps enregistrés et les chronomètres" },
    attachments: {
      label: "Fichiers joints",
      about: "Les fichiers joints aux tickets, commentaires et publications",
    },
    organizations: {
      label: "Organisations",
      about: "Les organisations, leurs membres, équipes et labels",
    },
    notifications: { label: "Notifications", about: "Vos notifications, et si elles sont lues" },
    admin: {
      label: "Administration",
      about: "Les paramètres, webhooks et protections de branches des dépôts",
    },
    context: { label: "Contexte", about: "Votre propre compte, et les autres utilisateurs" },
    other: {
      label: "Tout le reste",
      about: "Les outils qui n’entrent nulle part ci-dessus, ou que ce serveur ne connaît pas",
    },
  },
  loginFaults: {
    no_login: {
      title: "Aucune connexion n’est en cours ici",
      detail:
        "Cette adresse ne sert qu’au retour depuis Forgejo, et votre navigateur est arrivé sans connexion en cours.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "Cette connexion a été commencée dans un autre navigateur",
      detail:
        "Elle ne peut être terminée que dans le navigateur où elle a été commencée. Une fenêtre privée compte comme un autre navigateur.",
      steps: ({ forgejo }) => [
        "Continuez dans le navigateur que votre client MCP a ouvert, ou connectez-vous à nouveau et restez dans ce navigateur.",
        text`Pour utiliser un autre compte, déconnectez-vous d’abord de ${forgejo} dans ce navigateur, puis connectez-vous à nouveau.`,
      ],
    },
    cookies_blocked: {
      title: "Votre navigateur n’a pas gardé le cookie de la connexion",
      detail:
        "Ce serveur reconnaît votre navigateur à un cookie pendant la connexion, et aucun n’est revenu.",
      steps: ({ server }) => [
        text`Autorisez les cookies pour ${server}\u00a0; une fenêtre privée ou une extension peut les bloquer.`,
        "Vérifiez la date et l’heure de cet appareil\u00a0: avec une horloge fausse, un navigateur supprime aussitôt les cookies.",
        "Si vous avez copié le lien depuis un autre navigateur, continuez dans celui-ci.",
        connectAgain,
      ],
    },
    finished: {
      title: "Cette connexion est déjà terminée",
      detail: "Chaque connexion ne sert qu’une fois. Il n’y a plus rien à faire sur cette page.",
      steps: () => [
        "Si votre client MCP indique qu’il est connecté, fermez cette page.",
        "Sinon, revenez à votre client MCP et connectez-le à nouveau.",
      ],
    },
    expired: {
      title: "Cette connexion a expiré",
      detail: "Elle n’a pas été terminée à temps, ou elle est finie. Rien n’a été autorisé par cette page.",
      steps: () => [connectAgain, "Terminez ensuite la connexion sans longue pause."],
    },
    clock_changed: {
      title: "L’horloge de ce serveur a changé",
      detail:
        "La connexion semble avoir commencé dans le futur\u00a0: l’horloge du serveur a été retardée, ou plusieurs serveurs ne sont pas d’accord.",
      steps: () => [
        connectAgain,
        "Si cela se reproduit, demandez à l’administrateur de vérifier que l’horloge du serveur est synchronisée.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "Cette connexion a expiré",
      detail:
        "Elle n’a pas été terminée à temps, elle est finie, ou votre navigateur n’a pas gardé son cookie.",
      advice:
        "Si votre client MCP indique qu’il est connecté, fermez cette page. Sinon, revenez-y et connectez-le à nouveau.",
    },
    unreadable_document: {
      title: "Cette application n’est pas connue ici",
      detail:
        "Elle est décrite par un document de son propre site, que ce serveur ne peut pas lire ou n’a pas le droit d’utiliser.",
      advice: "Réessayez dans une minute. Si cela n’aide pas, donnez la référence à votre administrateur.",
    },
    unknown_client: {
      title: "Cette application n’est pas connue ici",
      detail: "Ce client n’est pas, ou n’est plus, inscrit ici.",
      advice: "Supprimez ce serveur dans votre client et ajoutez-le à nouveau.",
    },
    not_accepted: {
      title: "Cette application ne peut pas se connecter ici",
      detail: "L’administrateur de ce serveur ne l’a pas autorisée\u00a0:",
      advice: "Adressez-vous à l’administrateur en indiquant la référence ci-dessous.",
    },
    unregistered_redirect: {
      title: "Cette connexion ne peut pas continuer",
      detail: "Le client demande un renvoi vers une adresse qu’il n’a pas inscrite.",
      advice: connectAgain,
    },
    no_page: {
      title: "Cette connexion ne peut pas continuer",
      detail: "Le client demande à se connecter sans page. Ce serveur vous demande toujours d’abord.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Réessayez dans un instant",
      detail: "Une partie de ce serveur redémarre. Réessayez dans quelques secondes.",
      advice: connectAgain,
    },
    failed: {
      title: "Un problème est survenu",
      detail: "Ce serveur n’a pas pu traiter la demande.",
      advice: connectAgain,
    },
    invalid: {
      title: "Cette connexion ne peut pas continuer",
      detail: "La demande du client est incomplète ou non valide\u00a0:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Réessayez dans un instant",
      detail: "Une partie de ce serveur redémarre.",
      advice: "Rechargez cette page dans quelques secondes. Rien n’est perdu.",
    },
    failed: {
      title: "Un problème est survenu",
      detail: "Ce serveur n’a pas pu traiter la demande.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Trop de requêtes",
    detail: "Ce serveur a reçu trop de requêtes de votre réseau en une minute.",
    advice: (wait) => `Attendez ${wait}, puis rechargez cette page. Rien n’est perdu.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Vérifiez le compte",
    signedIn: (login, forgejo) => text`Vous êtes connecté à ${forgejo} en tant que ${login}.`,
    before:
      "Un autre compte a été relié auparavant depuis ce navigateur. Si vous continuez, cette application agira avec le compte ci-dessus.",
    goOn: "Continuer avec ce compte",
  },
  notAllowed: {
    title: "Vous ne pouvez pas utiliser ce serveur",
    detail: (login) =>
      text`Vous êtes connecté à Forgejo en tant que ${login}, et l’administrateur de ce serveur n’a pas autorisé ce compte. Votre client MCP n’a reçu aucun accès.`,
    ask: "Demandez à l’administrateur de ce serveur d’autoriser votre compte, en indiquant la référence ci-dessous.",
    goBack: "Retournez à votre client MCP, qui apprendra qu’il n’a reçu aucun accès.",
    back: "Retour au client MCP",
  },
  suspended: {
    title: "Forgejo ne vous laisse pas entrer",
    detail:
      "Vous vous êtes connecté, mais Forgejo n’autorise pas votre compte en ce moment. Forgejo indique\u00a0:",
    act: "Faites dans Forgejo ce qui est demandé, ou adressez-vous à son administrateur.",
    open: "Ouvrir Forgejo",
    comeBack: "Revenez à cette page et réessayez.",
  },
  insufficientScope: {
    title: "Forgejo n’a pas accordé assez de droits",
    detail:
      "Vous avez autrefois autorisé ce serveur dans Forgejo avec moins de droits, et Forgejo s’y tient. Il manque\u00a0:",
    privateRepositories: "les dépôts privés",
    revoke:
      "Ouvrez vos applications dans Forgejo et révoquez l’accès de ce serveur sous «\u00a0Applications OAuth2 autorisées\u00a0». Les clients connectés auparavant devront être connectés à nouveau.",
    entries: {
      read: "Ce serveur y a deux entrées. Révoquez celle en lecture seule, par exemple «\u00a0fjmcp (read only)\u00a0», et laissez l’autre.",
      write:
        "Ce serveur y a deux entrées. Révoquez celle en lecture et écriture, et laissez celle en lecture seule, par exemple «\u00a0fjmcp (read only)\u00a0».",
    },
    open: "Ouvrir les paramètres de Forgejo",
    comeBack: "Revenez à cette page et réessayez. Forgejo demandera alors tous les droits.",
  },
  notFound: {
    title: "Il n’y a pas de page ici",
    detail:
      "Si vous avez suivi un lien de votre client MCP, connectez-le à nouveau. L’adresse de ce serveur pour les clients MCP est\u00a0:",
    connect: "Comment connecter un client",
  },
};
