import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "O nome foi salvo.",
    narrowed: "Salvo. A partir de agora, menos é permitido.",
    unchanged: "Nada foi alterado.",
    ended: "Desconectado. O acesso terminou.",
    already_ended: "Esta conexão já tinha terminado.",
    signed_out: "Você saiu desta página.",
    signed_in_again: "Nesse meio-tempo sua sessão terminou, e nada foi alterado. Entre e tente novamente.",
    forgejo_first:
      "Nenhum token foi criado ainda. Entre com o Forgejo mais uma vez, para que ele possa permitir isso, e crie o token.",
  },
  reasons: {
    disconnected: "Você encerrou este acesso nesta página.",
    administrator: "A administração encerrou este acesso.",
    client_request: "O próprio aplicativo abriu mão do acesso.",
    code_replay: "O login dele foi usado duas vezes, o que pode ser um ataque. Conecte-o novamente.",
    refresh_replay:
      "Ele usou de novo uma chave antiga, o que pode ser um ataque ou vir de um backup restaurado. Conecte-o novamente.",
    upstream_invalid:
      "O Forgejo encerrou o acesso deste servidor à sua conta. Conecte o aplicativo novamente.",
    application_removed:
      "A administração mudou a forma como este servidor acessa o Forgejo. Conecte o aplicativo novamente.",
    not_allowed: "A administração deste servidor não permite mais sua conta.",
    evicted: "Sua conta tinha conexões demais, e esta era a que estava há mais tempo sem uso.",
  },
  identities: {
    document: "Ele publica sua identidade em um site próprio.",
    registration: "Ele mesmo se registrou; seu nome não foi verificado.",
    none: "Desconhecida: qualquer programa do seu dispositivo pode usar o endereço dele.",
  },
  signInFailures: {
    access_denied: {
      title: "Você não entrou",
      detail: "O login foi recusado no Forgejo. Nada foi alterado.",
      advice: "Feche esta página ou tente novamente.",
    },
    not_allowed: {
      title: "Você não pode usar este servidor",
      detail: "A administração deste servidor não permitiu sua conta.",
      advice: "Peça à administração que a permita e informe a referência abaixo.",
    },
    temporarily_unavailable: {
      title: "O Forgejo não responde",
      detail: "Por isso você não pode entrar aqui no momento. Suas conexões não são afetadas.",
      advice: "Tente novamente em alguns minutos.",
    },
    server_error: {
      title: "Este servidor não consegue fazer seu login",
      detail: "O Forgejo e este servidor não combinam no momento. Suas conexões não são afetadas.",
      advice: "Avise a administração deste servidor.",
    },
  },
  faults: {
    not_found: {
      title: "Essa conexão não existe",
      detail: "Ela pode ter terminado ou pertencer a outra conta.",
      advice: "Veja a lista das suas conexões.",
    },
    not_administrator: {
      title: "Somente para a administração",
      detail: "O Forgejo informa que sua conta não o administra. Nada foi alterado.",
      advice: "Se você acabou de receber essa permissão, saia daqui e entre novamente.",
    },
    unavailable: {
      title: "O Forgejo não responde",
      detail: "Por isso este servidor não pode perguntar sobre a sua conta. Nada foi alterado.",
      advice: "Tente novamente em alguns minutos.",
    },
    misconfigured: {
      title: "O Forgejo e este servidor não combinam",
      detail: "Por isso este servidor não pode perguntar sobre a sua conta. Nada foi alterado.",
      advice: "Avise a administração deste servidor.",
    },
    other_site: {
      title: "Isto não veio da nossa página",
      detail: "Outro site, ou uma extensão do seu navegador, enviou este formulário. Nada foi alterado.",
      advice: "Abra você mesmo a página das suas conexões e faça isso lá.",
    },
    no_cookie: {
      title: "Seu navegador não enviou o cookie da página",
      detail: "Nada foi alterado. O cookie pode ter expirado, ou seu navegador o bloqueia.",
      advice: "Permita cookies para este site e abra a página novamente.",
    },
    wrong_token: {
      title: "Esta página está desatualizada",
      detail: "Você entrou ou saiu depois que ela foi aberta. Nada foi alterado.",
      advice: "Abra a página novamente.",
    },
    form_used: {
      title: "Este formulário já foi enviado",
      detail: "Ele cria um único token pessoal, mostrado uma vez. Agora nada foi criado.",
      advice: "Se você não copiou o token, encerre-o na lista das suas conexões e crie um novo.",
    },
  },
  back: "Voltar às suas conexões",
  signIn: {
    title: "Seus aplicativos conectados",
    about: (forgejo) =>
      text`Veja quais aplicativos usam sua conta em ${forgejo}, dê nomes a eles, limite-os ou desconecte-os.`,
    button: "Entrar com o Forgejo",
    hint: (forgejo) => text`Você entra em ${forgejo}. Se já tiver entrado lá, talvez nada seja perguntado.`,
    stillAtForgejo: (forgejo, signOut) =>
      text`Talvez sua sessão em ${forgejo} ainda esteja aberta: ${signOut("sair de lá")}.`,
  },
  signedInAs: (login) => text`Você entrou como ${login}`,
  signOut: "Sair",
  list: {
    title: "Aplicativos conectados",
    about: (forgejo) => text`Estes aplicativos podem usar sua conta em ${forgejo} por meio deste servidor.`,
    manage: "Gerenciar",
    emptyTitle: "Nenhum aplicativo está conectado",
    empty: "Adicione este endereço no seu cliente MCP, como servidor MCP remoto. Ele então aparece aqui.",
    inForgejo: {
      title: "No próprio Forgejo",
      about: (forgejo) =>
        text`${forgejo} mostra este servidor como um único aplicativo. Revogá-lo lá interrompe tudo o que está acima, até que você entre aqui de novo ou conecte algo outra vez; para encerrar de vez, desconecte aqui.`,
      aboutTwo: (forgejo) =>
        text`${forgejo} mostra este servidor como dois aplicativos: um para as conexões que só leem e outro para as que também escrevem. Revogar um deles lá interrompe de imediato todas as suas conexões; para encerrar uma só, desconecte-a aqui.`,
    },
    allAccounts: "Conexões de todas as contas",
  },
  connection: {
    title: "Um aplicativo conectado",
    yourName: "O nome que você deu",
    address: "O endereço dele",
    may: "Permissões",
    areas: "Áreas",
    since: "Conectado em",
    lastUse: "Último uso",
    neverUsed: "Ainda sem uso",
    used: (when) => `Último uso: ${when}`,
    justNow: "agora mesmo",
    lastTools: "Últimas ferramentas",
    sessions: "Sessões abertas",
    sessionCount: (count) => {
      if (count === 0) return "Nenhuma";
      return count === 1 ? "1 sessão aberta" : `${count} sessões abertas`;
    },
    sessionsUnknown: "Não se sabe no momento",
  },
  tokens: {
    title: "Tokens pessoais",
    about: "Para programas que não podem abrir um navegador, como scripts e CI. Cada um age em seu nome.",
    one: "Token pessoal",
    made: "Criado em",
    expires: "Expira em",
    expiresOn: (date) => `Expira em ${date}`,
    end: {
      title: "Encerrar este token",
      about:
        "Os programas que o usam são recusados na hora. Ele não pode ser recuperado: crie um novo no lugar.",
      button: "Encerrar",
    },
    narrowAbout: "Vale na hora. Para permitir mais novamente, crie um novo token.",
    form: {
      title: "Novo token pessoal",
      name: "Para que ele serve?",
      nameHint: "Um nome pelo qual você o reconheça, como “nightly-ci”.",
      days: "Por quantos dias?",
      daysHint: (max) => `De 1 a ${max}. Depois ele termina sozinho.`,
      button: "Criar o token",
      faults: {
        no_name: "Nada foi criado ainda. Diga abaixo para que o token serve.",
        bad_days: "Nada foi criado ainda. Informe abaixo um número inteiro de dias, de 1 a 365.",
        too_often:
          "Nada foi criado ainda: tokens demais foram criados em um minuto. Espere um minuto e envie o formulário novamente.",
        too_many:
          "Você tem tantos tokens pessoais quantos uma conta pode ter. Encerre um e depois crie outro.",
      },
    },
    created: {
      title: "Seu novo token pessoal",
      copy: "Copie-o agora. Ele é mostrado somente desta vez e não é guardado em lugar nenhum.",
      header: "Seu programa o envia neste cabeçalho de cada requisição:",
      address: "As requisições vão para este endereço:",
      keep: "Mantenha-o em segredo: quem o tiver pode fazer em seu nome o que for permitido a ele. Se vazar, encerre-o na página das suas conexões.",
    },
  },
  rename: {
    title: "Renomear",
    label: "O nome que você deu",
    about: "Só você o vê, como “notebook” ou “trabalho”. Deixe vazio para removê-lo.",
    button: "Salvar o nome",
  },
  narrow: {
    title: "Permitir menos",
    about: "Vale na hora. Para permitir mais novamente, desconecte o aplicativo e conecte-o de novo.",
    noArea: "Nada foi alterado. Deixe ao menos uma área marcada, ou encerre o acesso por completo.",
    button: "Salvar",
  },
  disconnect: {
    title: "Desconectar este aplicativo",
    about:
      "O acesso termina na hora, mesmo no meio do trabalho dele. Para usá-lo de novo, conecte-o novamente.",
    button: "Desconectar",
  },
  history: {
    title: "O que aconteceu recentemente",
    viewed: "A administração olhou suas conexões.",
    connected: "Você permitiu este acesso.",
    token_created: "Você o criou.",
    narrowed: {
      user: "Você restringiu este acesso nesta página.",
      administrator: "A administração restringiu este acesso.",
    },
  },
  accounts: {
    title: "Todas as contas",
    about: "Contas com aplicativos conectados. Você pode olhar e desconectar.",
    audited: "O que você faz aqui é registrado e mostrado ao usuário da conta.",
    none: "Nenhuma conta tem aplicativo conectado.",
    unknownLogin: "nome desconhecido",
    id: (id) => `Conta ${id}`,
    count: (count) => (count === 1 ? "1 conexão" : `${count} conexões`),
    open: "Ver",
    first: "Primeira página",
    next: "Próxima página",
    own: "Suas próprias conexões",
    one: {
      title: "Conexões de uma conta",
      none: "Esta conta não tem nenhum aplicativo conectado.",
      disconnect: "O acesso termina na hora. O usuário vê que foi a administração.",
    },
  },
};
