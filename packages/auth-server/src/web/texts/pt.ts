import { html as text } from "hono/html";
import { connections } from "./connections/pt.ts";
import { device } from "./device/pt.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "Volte ao seu cliente MCP e conecte-o novamente.";

export const pt: Texts = {
  tag: "pt-BR",
  common: {
    connectAgain,
    tryAgain: "Tentar novamente",
    reference: (reference) => text`Referência para a administração: ${reference}`,
    referenceIfRepeated: (reference) =>
      text`Se isso se repetir, informe esta referência à administração: ${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`Entrou com a conta errada? ${signOut(text`Saia da conta em ${forgejo}`)}, tente novamente e entre com a outra.`,
    tellClient: (target, goOn) =>
      text`Se você acabou de iniciar uma conexão a partir de ${target}, pode avisá-lo deste erro: ${goOn(text`continuar para ${target}`)}. Caso contrário, feche esta página.`,
  },
  home: {
    title: "Forgejo para clientes MCP",
    heading: "Use o Forgejo no seu assistente de IA",
    intro: (forgejo) =>
      text`Este servidor conecta clientes MCP à sua própria conta em ${forgejo}. Adicione-o ao seu cliente com este endereço:`,
    clients: "Como adicionar",
    paste: (menu) => text`Abra ${menu} e cole o endereço.`,
    pasteAndChoose: (menu, choice) => text`Abra ${menu}, cole o endereço e escolha ${choice}.`,
    thenRun: (command) => text`Depois execute ${command} nele.`,
    addTo: (client) => `Adicionar ao ${client}`,
    stdioClients: "Clientes que só iniciam programas (stdio)",
    safety: (forgejo) =>
      text`Seu cliente abre então uma página daqui que pergunta se você o permite, e você entra em ${forgejo} como de costume. Sua senha nunca passa por este servidor nem pelo cliente.`,
    connections: "Ver, limitar ou desconectar os aplicativos conectados",
  },
  consent: {
    title: "Permitir um aplicativo?",
    incomplete: (title) => `Incompleto: ${title}`,
    heading: "Permitir que um aplicativo use sua conta do Forgejo?",
    faults: {
      not_started: "Nada foi permitido ainda. Marque “Fui eu que iniciei” abaixo, se for o caso.",
      outdated:
        "Nada foi permitido ainda. Esta página ficou aberta por mais de dez minutos: escolha novamente abaixo.",
      no_level: "Nada foi permitido ainda. Escolha “Somente leitura” ou “Leitura e escrita” abaixo.",
      level_not_offered:
        "Nada foi permitido ainda. O que foi escolhido não é oferecido aqui: escolha novamente abaixo.",
      no_toolset: "Nada foi permitido ainda. Deixe ao menos uma área marcada em “Onde?”.",
      toolset_not_offered:
        "Nada foi permitido ainda. Uma das áreas não é oferecida aqui: escolha novamente abaixo.",
    },
    callsItself: "Ele diz se chamar",
    unnamed: "Um aplicativo sem nome",
    identity: "Identidade",
    unverified: "registro não verificado",
    registeredItself: "ele mesmo se registrou",
    known: "conhecido por este servidor",
    document: (host) => text`um documento em ${host}`,
    sendsBackTo: "Leva você de volta para",
    loopbackWarning:
      "Isto vai para um programa no seu próprio computador. Permita somente se você acabou de iniciar uma conexão em um programa ali: qualquer outro poderia se passar por ele.",
    appWarning: (scheme) =>
      text`Isto abre um aplicativo no seu dispositivo, o dos links ${scheme}. Permita somente se você acabou de iniciar uma conexão nesse aplicativo: qualquer outro poderia se passar por ele.`,
    levelQuestion: "O que ele pode fazer?",
    onlyReading: "Ele só pode ler",
    started: {
      label: "Fui eu que iniciei",
      about: "Acabei de pedir que este aplicativo se conecte. Ele pode ver, mas não pode mudar nada.",
    },
    privateIncluded: "Os repositórios privados que você pode ver estão incluídos.",
    readingEnforced: "O próprio Forgejo garante isso.",
    publicOnly: "Só o que é público está incluído.",
    toolsetQuestion: "Onde?",
    moreToolsets: (count) => `Mais áreas (${count})`,
    readOnlyToolset: (label) => `${label} (somente leitura)`,
    earlier: (day, choice) =>
      `Em ${day}, um aplicativo que aqui tinha a mesma aparência foi permitido neste navegador: ${choice}. Escolha novamente abaixo.`,
    onlyIfAsked: "Permita somente se você acabou de pedir que este aplicativo se conecte.",
    deny: "Negar",
    allow: "Permitir",
    endsUnused: (duration) => `O acesso dele termina quando não é usado por ${duration}.`,
    endsAfter: (duration) => `O acesso dele dura ${duration}.`,
    end: (connections) =>
      text`Você pode limitá-lo ou encerrá-lo a qualquer momento, em ${connections("Aplicativos conectados")}.`,
    signIn: (forgejo, signOut) =>
      text`O nome acima é o que o próprio aplicativo se dá; ele não foi verificado. Depois de “Permitir”, você entra em ${forgejo}. Se estiver lá com outra conta que não a desejada, ${signOut("saia dela")} primeiro.`,
  },
  levels: {
    read: { label: "Somente leitura", about: "Ele pode ver, mas não pode mudar nada." },
    write: {
      label: "Leitura e escrita",
      about: "Ele também pode criar, alterar, mesclar e excluir em seu nome.",
    },
  },
  toolsets: {
    issues: { label: "Issues", about: "Issues, seus comentários, rótulos e marcos" },
    "pull-requests": {
      label: "Pull requests",
      about: "Pull requests e suas revisões, inclusive a mesclagem",
    },
    code: { label: "Código", about: "Repositórios, seus branches, arquivos e commits" },
    releases: { label: "Lançamentos", about: "Os lançamentos dos repositórios" },
    actions: { label: "Actions", about: "Execuções de workflows, seus jobs e logs" },
    wiki: { label: "Wiki", about: "Páginas de wiki e seu histórico" },
    "time-tracking": { label: "Tempo", about: "Tempos registrados e cronômetros" },
    attachments: { label: "Anexos", about: "Arquivos anexados a issues, comentários e lançamentos" },
    organizations: { label: "Organizações", about: "Organizações, seus membros, equipes e rótulos" },
    notifications: { label: "Notificações", about: "Suas notificações, e se foram lidas" },
    admin: {
      label: "Administração",
      about: "Configurações, webhooks e proteção de branches dos repositórios",
    },
    context: { label: "Contexto", about: "Sua própria conta, e os outros usuários" },
    other: {
      label: "Todo o resto",
      about: "Ferramentas que não cabem acima ou que este servidor não conhece",
    },
  },
  loginFaults: {
    no_login: {
      title: "Não há nenhum login aqui",
      detail:
        "Este endereço serve só para a volta do Forgejo, e seu navegador chegou sem um login em andamento.",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "Este login foi iniciado em outro navegador",
      detail:
        "Ele só pode ser concluído no navegador onde foi iniciado. Uma janela anônima conta como outro navegador.",
      steps: ({ forgejo }) => [
        "Continue no navegador que seu cliente MCP abriu, ou conecte-o novamente e permaneça nesse navegador.",
        text`Para usar outra conta, saia primeiro de ${forgejo} nesse navegador e conecte novamente.`,
      ],
    },
    cookies_blocked: {
      title: "Seu navegador não guardou o cookie do login",
      detail: "Este servidor reconhece seu navegador por um cookie durante o login, e nenhum voltou.",
      steps: ({ server }) => [
        text`Permita cookies de ${server}; uma janela anônima ou uma extensão pode bloqueá-los.`,
        "Confira a data e a hora deste dispositivo: com o relógio errado, um navegador apaga os cookies na hora.",
        "Se você copiou o link de outro navegador, continue lá.",
        connectAgain,
      ],
    },
    finished: {
      title: "Este login já foi concluído",
      detail: "Cada login vale uma vez. Não há mais nada a fazer nesta página.",
      steps: () => [
        "Se seu cliente MCP indicar que está conectado, feche esta página.",
        "Se não, volte ao seu cliente MCP e conecte-o novamente.",
      ],
    },
    expired: {
      title: "Este login expirou",
      detail: "Ele não foi concluído a tempo, ou já terminou. Nada foi permitido por esta página.",
      steps: () => [connectAgain, "Depois conclua o login sem uma longa pausa."],
    },
    clock_changed: {
      title: "O relógio deste servidor mudou",
      detail:
        "O login parece ter começado no futuro: o relógio do servidor foi atrasado, ou vários servidores discordam.",
      steps: () => [
        connectAgain,
        "Se acontecer de novo, peça à administração que verifique se o relógio do servidor está sincronizado.",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "Este login expirou",
      detail: "Ele não foi concluído a tempo, já terminou, ou seu navegador não guardou o cookie dele.",
      advice:
        "Se seu cliente MCP indicar que está conectado, feche esta página. Se não, volte a ele e conecte-o novamente.",
    },
    unreadable_document: {
      title: "Este aplicativo não é conhecido aqui",
      detail:
        "Ele é descrito por um documento no próprio site, que este servidor não consegue ler ou não pode usar.",
      advice: "Tente novamente em um minuto. Se não ajudar, informe a referência à administração.",
    },
    unknown_client: {
      title: "Este aplicativo não é conhecido aqui",
      detail: "Este cliente não está, ou não está mais, registrado aqui.",
      advice: "Remova este servidor do seu cliente e adicione-o novamente.",
    },
    not_accepted: {
      title: "Este aplicativo não pode se conectar aqui",
      detail: "A administração deste servidor não o permitiu:",
      advice: "Fale com a administração e informe a referência abaixo.",
    },
    unregistered_redirect: {
      title: "Este login não pode continuar",
      detail: "O cliente pede para voltar a um endereço que não registrou.",
      advice: connectAgain,
    },
    no_page: {
      title: "Este login não pode continuar",
      detail: "O cliente pede para se conectar sem página. Este servidor sempre pergunta a você antes.",
      advice: connectAgain,
    },
    unavailable: {
      title: "Tente novamente em um instante",
      detail: "Uma parte deste servidor está reiniciando. Tente novamente em alguns segundos.",
      advice: connectAgain,
    },
    failed: {
      title: "Algo deu errado",
      detail: "Este servidor não conseguiu concluir a solicitação.",
      advice: connectAgain,
    },
    invalid: {
      title: "Este login não pode continuar",
      detail: "A solicitação do cliente está incompleta ou não é válida:",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "Tente novamente em um instante",
      detail: "Uma parte deste servidor está reiniciando.",
      advice: "Recarregue esta página em alguns segundos. Nada se perde.",
    },
    failed: {
      title: "Algo deu errado",
      detail: "Este servidor não conseguiu concluir a solicitação.",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "Solicitações demais",
    detail: "Este servidor recebeu solicitações demais da sua rede em um minuto.",
    advice: (wait) => `Espere ${wait} e recarregue esta página. Nada se perde.`,
  },
  device,
  connections,
  otherAccount: {
    title: "Confira a conta",
    signedIn: (login, forgejo) => text`Você entrou em ${forgejo} como ${login}.`,
    before:
      "Antes, outra conta foi conectada a partir deste navegador. Se continuar, este aplicativo agirá com a conta acima.",
    goOn: "Continuar com esta conta",
  },
  notAllowed: {
    title: "Você não pode usar este servidor",
    detail: (login) =>
      text`Você entrou no Forgejo como ${login}, e a administração deste servidor não permitiu essa conta. Seu cliente MCP não obteve acesso.`,
    ask: "Peça à administração deste servidor que permita sua conta e informe a referência abaixo.",
    goBack: "Volte ao seu cliente MCP, que saberá que não obteve acesso.",
    back: "Voltar ao cliente MCP",
  },
  suspended: {
    title: "O Forgejo não deixa você entrar",
    detail: "Você entrou, mas o Forgejo não aceita sua conta no momento. Ele informa:",
    act: "Faça no Forgejo o que ele pede, ou fale com a administração dele.",
    open: "Abrir o Forgejo",
    comeBack: "Volte a esta página e tente novamente.",
  },
  insufficientScope: {
    title: "O Forgejo concedeu pouco demais",
    detail:
      "Você permitiu este servidor no Forgejo antes com menos permissões, e o Forgejo as mantém. Faltam:",
    privateRepositories: "repositórios privados",
    revoke:
      "Abra seus aplicativos no Forgejo e revogue o acesso deste servidor em “Aplicativos OAuth2 autorizados”. Clientes conectados antes precisam ser conectados novamente.",
    entries: {
      read: "Este servidor tem duas entradas lá. Revogue a de somente leitura, como “fjmcp (read only)”, e mantenha a outra.",
      write:
        "Este servidor tem duas entradas lá. Revogue a de leitura e escrita, e mantenha a de somente leitura, como “fjmcp (read only)”.",
    },
    open: "Abrir as configurações do Forgejo",
    comeBack: "Volte a esta página e tente novamente. O Forgejo pedirá então todas as permissões.",
  },
  notFound: {
    title: "Não há nenhuma página aqui",
    detail:
      "Se você seguiu um link do seu cliente MCP, conecte-o novamente. O endereço deste servidor para clientes MCP é:",
    connect: "Como conectar um cliente",
  },
};
