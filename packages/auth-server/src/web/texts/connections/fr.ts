import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "Le nom a été enregistré.",
    narrowed: "Enregistré. Moins de choses sont permises désormais.",
    unchanged: "Rien n’a été modifié.",
    ended: "Déconnecté. L’accès a pris fin.",
    already_ended: "Cette connexion avait déjà pris fin.",
    signed_out: "Vous êtes déconnecté de cette page.",
    signed_in_again:
      "Entre-temps vous aviez été déconnecté, et rien n’a été modifié. Connectez-vous, puis réessayez.",
    forgejo_first:
      "Aucun jeton n’a encore été créé. Connectez-vous encore une fois avec Forgejo pour qu’il puisse l’autoriser, puis créez le jeton.",
  },
  reasons: {
    disconnected: "Vous avez mis fin à cet accès sur cette page.",
    administrator: "Un administrateur a mis fin à cet accès.",
    client_request: "L’application a elle-même renoncé à son accès.",
    code_replay:
      "Sa connexion a été utilisée deux fois, ce qui peut être une attaque. Connectez-la à nouveau.",
    refresh_replay:
      "Elle a réutilisé une ancienne clé, ce qui peut être une attaque ou venir d’une sauvegarde restaurée. Connectez-la à nouveau.",
    upstream_invalid:
      "Forgejo a mis fin à l’accès de ce serveur à votre compte. Connectez l’application à nouveau.",
    application_removed:
      "L’administrateur a changé la façon dont ce serveur se connecte à Forgejo. Connectez l’application à nouveau.",
    not_allowed: "L’administrateur de ce serveur n’autorise plus votre compte.",
    evicted: "Votre compte avait trop de connexions, et celle-ci était la moins récemment utilisée.",
  },
  identities: {
    document: "Elle publie son identité sur un site qui lui appartient.",
    registration: "Elle s’est enregistrée elle-même\u00a0; son nom n’a pas été vérifié.",
    none: "Inconnue\u00a0: n’importe quel programme de votre appareil peut utiliser son adresse.",
  },
  signInFailures: {
    access_denied: {
      title: "Vous ne vous êtes pas connecté",
      detail: "La connexion a été refusée dans Forgejo. Rien n’a été modifié.",
      advice: "Fermez cette page ou réessayez.",
    },
    not_allowed: {
      title: "Vous ne pouvez pas utiliser ce serveur",
      detail: "L’administrateur de ce serveur n’a pas autorisé votre compte.",
      advice: "Demandez-lui d’autoriser votre compte, en indiquant la référence ci-dessous.",
    },
    temporarily_unavailable: {
      title: "Forgejo ne répond pas",
      detail:
        "Vous ne pouvez donc pas vous connecter ici pour le moment. Vos connexions ne sont pas touchées.",
      advice: "Réessayez dans quelques minutes.",
    },
    server_error: {
      title: "Ce serveur ne peut pas vous connecter",
      detail: "Forgejo et ce serveur ne s’accordent pas pour le moment. Vos connexions ne sont pas touchées.",
      advice: "Prévenez l’administrateur de ce serveur.",
    },
  },
  faults: {
    not_found: {
      title: "Cette connexion n’existe pas",
      detail: "Elle a peut-être pris fin, ou appartient à un autre compte.",
      advice: "Consultez la liste de vos connexions.",
    },
    not_administrator: {
      title: "Réservé aux administrateurs",
      detail: "Forgejo indique que votre compte ne l’administre pas. Rien n’a été modifié.",
      advice: "Si vous venez de devenir administrateur, déconnectez-vous ici puis connectez-vous à nouveau.",
    },
    unavailable: {
      title: "Forgejo ne répond pas",
      detail: "Ce serveur ne peut donc pas l’interroger sur votre compte. Rien n’a été modifié.",
      advice: "Réessayez dans quelques minutes.",
    },
    misconfigured: {
      title: "Forgejo et ce serveur ne s’accordent pas",
      detail: "Ce serveur ne peut donc pas l’interroger sur votre compte. Rien n’a été modifié.",
      advice: "Prévenez l’administrateur de ce serveur.",
    },
    other_site: {
      title: "Cela ne venait pas de notre page",
      detail:
        "Un autre site, ou une extension de votre navigateur, a envoyé ce formulaire. Rien n’a été modifié.",
      advice: "Ouvrez vous-même la page de vos connexions et agissez-y.",
    },
    no_cookie: {
      title: "Votre navigateur n’a pas envoyé le cookie de la page",
      detail: "Rien n’a été modifié. Le cookie a peut-être expiré, ou votre navigateur le bloque.",
      advice: "Autorisez les cookies pour ce site, puis ouvrez la page à nouveau.",
    },
    wrong_token: {
      title: "Cette page est périmée",
      detail: "Vous vous êtes connecté ou déconnecté depuis son ouverture. Rien n’a été modifié.",
      advice: "Ouvrez la page à nouveau.",
    },
    form_used: {
      title: "Ce formulaire a déjà été envoyé",
      detail: "Il crée un seul jeton personnel, affiché une seule fois. Cette fois, rien n’a été créé.",
      advice:
        "Si vous n’avez pas copié le jeton, mettez-y fin dans la liste de vos connexions et créez-en un nouveau.",
    },
  },
  back: "Retour à vos connexions",
  signIn: {
    title: "Vos applications connectées",
    about: (forgejo) =>
      text`Voyez quelles applications utilisent votre compte sur ${forgejo}, nommez-les, restreignez-les ou déconnectez-les.`,
    button: "Se connecter avec Forgejo",
    hint: (forgejo) =>
      text`Vous vous connectez sur ${forgejo}. Si vous y êtes déjà connecté, rien ne vous sera peut-être demandé.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`Vous êtes peut-être encore connecté à ${forgejo}\u00a0: ${signOut("s’y déconnecter")}.`,
  },
  signedInAs: (login) => text`Connecté en tant que ${login}`,
  signOut: "Se déconnecter",
  list: {
    title: "Applications connectées",
    about: (forgejo) =>
      text`Ces applications peuvent utiliser votre compte sur ${forgejo} par l’intermédiaire de ce serveur.`,
    manage: "Gérer",
    emptyTitle: "Aucune application n’est connectée",
    empty:
      "Ajoutez cette adresse dans votre client MCP, comme serveur MCP distant. Il apparaîtra ensuite ici.",
    inForgejo: {
      title: "Dans Forgejo lui-même",
      about: (forgejo) =>
        text`${forgejo} présente ce serveur comme une seule application. La révoquer là-bas arrête tout ce qui précède, jusqu’à ce que vous vous connectiez de nouveau ici ou reconnectiez une application\u00a0; pour en retirer une définitivement, déconnectez-la ici.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} présente ce serveur comme deux applications\u00a0: l’une pour les connexions en lecture seule, l’autre pour celles qui écrivent aussi. En révoquer une là-bas arrête aussitôt toutes ses connexions\u00a0; pour en retirer une seule, déconnectez-la ici.`,
    },
    allAccounts: "Connexions de tous les comptes",
  },
  connection: {
    title: "Une application connectée",
    yourName: "Le nom que vous lui donnez",
    address: "Son adresse",
    may: "Autorisations",
    areas: "Domaines",
    since: "Connectée le",
    lastUse: "Dernière utilisation",
    neverUsed: "Pas encore d’utilisation",
    used: (when) => `Dernière utilisation\u00a0: ${when}`,
    justNow: "à l’instant",
    lastTools: "Derniers outils",
    sessions: "Sessions ouvertes",
    sessionCount: (count) => {
      if (count === 0) return "Aucune";
      return count === 1 ? "1 session ouverte" : `${count} sessions ouvertes`;
    },
    sessionsUnknown: "Inconnues pour le moment",
  },
  tokens: {
    title: "Jetons personnels",
    about:
      "Pour les programmes qui ne peuvent pas ouvrir de navigateur, comme les scripts et la CI. Chacun agit en votre nom.",
    one: "Jeton personnel",
    made: "Créé le",
    expires: "Expire le",
    expiresOn: (date) => `Expire le ${date}`,
    end: {
      title: "Mettre fin à ce jeton",
      about:
        "Les programmes qui l’utilisent sont refusés aussitôt. Il ne peut pas être rétabli\u00a0: créez-en plutôt un nouveau.",
      button: "Mettre fin",
    },
    narrowAbout: "Cela s’applique aussitôt. Pour permettre davantage, créez un nouveau jeton.",
    form: {
      title: "Nouveau jeton personnel",
      name: "À quoi sert-il\u00a0?",
      nameHint: "Un nom qui vous permet de le reconnaître, comme «\u00a0nightly-ci\u00a0».",
      days: "Pour combien de jours\u00a0?",
      daysHint: (max) => `De 1 à ${max}. Ensuite, il prend fin de lui-même.`,
      button: "Créer le jeton",
      faults: {
        no_name: "Rien n’a encore été créé. Indiquez ci-dessous à quoi sert le jeton.",
        bad_days: "Rien n’a encore été créé. Indiquez ci-dessous un nombre entier de jours, de 1 à 365.",
        too_often:
          "Rien n’a encore été créé\u00a0: trop de jetons ont été créés en une minute. Attendez une minute, puis envoyez à nouveau le formulaire.",
        too_many:
          "Vous avez autant de jetons personnels qu’un compte peut en avoir. Mettez fin à l’un d’eux, puis créez-en un autre.",
      },
    },
    created: {
      title: "Votre nouveau jeton personnel",
      copy: "Copiez-le maintenant. Il n’est affiché que cette fois et n’est enregistré nulle part.",
      header: "Votre programme l’envoie dans cet en-tête de chaque requête\u00a0:",
      address: "Les requêtes vont à cette adresse\u00a0:",
      keep: "Gardez-le secret\u00a0: quiconque le détient peut faire en votre nom ce qui lui est permis. S’il fuit, mettez-y fin sur la page de vos connexions.",
    },
  },
  rename: {
    title: "Renommer",
    label: "Le nom que vous lui donnez",
    about:
      "Vous seul le voyez, comme «\u00a0portable\u00a0» ou «\u00a0travail\u00a0». Laissez le champ vide pour le retirer.",
    button: "Enregistrer le nom",
  },
  narrow: {
    title: "Permettre moins",
    about:
      "Cela s’applique aussitôt. Pour permettre davantage, déconnectez l’application et connectez-la à nouveau.",
    noArea: "Rien n’a été modifié. Laissez au moins un domaine coché, ou mettez fin à l’accès tout entier.",
    button: "Enregistrer",
  },
  disconnect: {
    title: "Déconnecter cette application",
    about:
      "Son accès prend fin aussitôt, même au milieu de son travail. Pour l’utiliser encore, connectez-la à nouveau.",
    button: "Déconnecter",
  },
  history: {
    title: "Ce qui s’est passé récemment",
    viewed: "Un administrateur a consulté vos connexions.",
    connected: "Vous avez autorisé cet accès.",
    token_created: "Vous l’avez créé.",
    narrowed: {
      user: "Vous avez restreint cet accès sur cette page.",
      administrator: "Un administrateur a restreint cet accès.",
    },
  },
  accounts: {
    title: "Tous les comptes",
    about: "Les comptes qui ont des applications connectées. Vous pouvez les consulter et déconnecter.",
    audited: "Ce que vous faites ici est consigné, et montré à l’utilisateur du compte.",
    none: "Aucun compte n’a d’application connectée.",
    unknownLogin: "nom inconnu",
    id: (id) => `Compte ${id}`,
    count: (count) => (count === 1 ? "1 connexion" : `${count} connexions`),
    open: "Consulter",
    first: "Première page",
    next: "Page suivante",
    own: "Vos propres connexions",
    one: {
      title: "Connexions d’un compte",
      none: "Ce compte n’a aucune application connectée.",
      disconnect: "L’accès prend fin aussitôt. L’utilisateur voit qu’un administrateur l’a fait.",
    },
  },
};
