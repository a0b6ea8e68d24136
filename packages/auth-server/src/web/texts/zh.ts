import { html as text } from "hono/html";
import { connections } from "./connections/zh.ts";
import { device } from "./device/zh.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "请回到您的 MCP 客户端并重新连接。";

export const zh: Texts = {
  tag: "zh-Hans",
  common: {
    connectAgain,
    tryAgain: "重试",
    reference: (reference) => text`供管理员查询的编号：${reference}`,
    referenceIfRepeated: (reference) => text`如果反复出现，请将此编号告知管理员：${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`登录了错误的账号？请先${signOut(text`在 ${forgejo} 退出登录`)}，然后重试并用另一个账号登录。`,
    tellClient: (target, goOn) =>
      text`如果您刚刚从 ${target} 发起连接，可以把此错误告知它：${goOn(text`继续前往 ${target}`)}。否则请关闭此页面。`,
  },
  home: {
    title: "面向 MCP 客户端的 Forgejo",
    heading: "在您的 AI 助手中使用 Forgejo",
    intro: (forgejo) =>
      text`此服务器将 MCP 客户端与您在 ${forgejo} 的账号相连。请在客户端中用以下地址添加它：`,
    clients: "如何添加",
    paste: (menu) => text`打开 ${menu}，粘贴地址。`,
    pasteAndChoose: (menu, choice) => text`打开 ${menu}，粘贴地址并选择 ${choice}。`,
    thenRun: (command) => text`然后在其中运行 ${command}。`,
    addTo: (client) => `添加到 ${client}`,
    stdioClients: "只能启动程序的客户端（stdio）",
    safety: (forgejo) =>
      text`随后客户端会打开本站的页面，询问您是否允许，您再照常登录 ${forgejo}。您的密码不会经过此服务器或客户端。`,
    connections: "查看、限制或断开已连接的应用",
  },
  consent: {
    title: "允许应用？",
    incomplete: (title) => `未完成：${title}`,
    heading: "允许一个应用使用您的 Forgejo 账号？",
    faults: {
      not_started: "尚未允许任何操作。如果是您发起的，请勾选下方的“由我发起”。",
      outdated: "尚未允许任何操作。此页面已打开超过十分钟，请在下方重新选择。",
      no_level: "尚未允许任何操作。请在下方选择“只读”或“读写”。",
      level_not_offered: "尚未允许任何操作。所选内容在此不可用，请在下方重新选择。",
      no_toolset: "尚未允许任何操作。请在“哪些范围？”中至少保留一项。",
      toolset_not_offered: "尚未允许任何操作。其中一项范围在此不可用，请在下方重新选择。",
    },
    callsItself: "它自称",
    unnamed: "未命名的应用",
    identity: "身份",
    unverified: "未经验证的注册",
    registeredItself: "由它自行注册",
    known: "此服务器已知的应用",
    document: (host) => text`${host} 上的文档`,
    sendsBackTo: "完成后返回",
    loopbackWarning:
      "此授权将交给您自己电脑上的一个程序。仅当您刚刚亲自在该电脑的程序中发起连接时才允许：任何其他程序都可能冒充它。",
    appWarning: (scheme) =>
      text`此授权将打开您设备上处理 ${scheme} 链接的应用。仅当您刚刚亲自在该应用中发起连接时才允许：任何其他应用都可能冒充它。`,
    levelQuestion: "它可以做什么？",
    onlyReading: "它只能读取",
    started: { label: "由我发起", about: "我刚刚要求此应用进行连接。它可以查看，但不能更改任何内容。" },
    privateIncluded: "包括您可以查看的私有仓库。",
    readingEnforced: "由 Forgejo 本身强制执行。",
    publicOnly: "仅包括公开内容。",
    toolsetQuestion: "哪些范围？",
    moreToolsets: (count) => `更多范围（${count}）`,
    readOnlyToolset: (label) => `${label}（只读）`,
    earlier: (day, choice) =>
      `${day}，此浏览器曾允许过一个在此页面上看起来相同的应用：${choice}。请在下方重新选择。`,
    onlyIfAsked: "仅当您刚刚亲自要求此应用进行连接时才允许。",
    deny: "拒绝",
    allow: "允许",
    endsUnused: (duration) => `如果连续${duration}未使用，其访问权限将终止。`,
    endsAfter: (duration) => `其访问权限在${duration}后终止。`,
    end: (connections) => text`您可以随时在${connections("已连接的应用")}中限制或终止它。`,
    signIn: (forgejo, signOut) =>
      text`上方的名称是应用自称的，未经核实。点击“允许”后，您将登录 ${forgejo}。如果您在那里登录的不是想用的账号，请先${signOut("在那里退出登录")}。`,
  },
  levels: {
    read: { label: "只读", about: "它可以查看，但不能更改任何内容。" },
    write: { label: "读写", about: "它还可以以您的身份创建、更改、合并和删除。" },
  },
  toolsets: {
    issues: { label: "工单", about: "工单及其评论、标签和里程碑" },
    "pull-requests": { label: "合并请求", about: "合并请求及其评审，包括执行合并" },
    code: { label: "代码", about: "仓库及其分支、文件和提交" },
    releases: { label: "发布", about: "仓库的发布版本" },
    actions: { label: "Actions", about: "工作流的运行、作业和日志" },
    wiki: { label: "百科", about: "百科（Wiki）页面及其历史" },
    "time-tracking": { label: "时间跟踪", about: "已记录的时间和计时器" },
    attachments: { label: "附件", about: "工单、评论和发布的附件" },
    organizations: { label: "组织", about: "组织及其成员、团队和标签" },
    notifications: { label: "通知", about: "您的通知及其是否已读" },
    admin: { label: "管理", about: "仓库的设置、Webhook 和分支保护" },
    context: { label: "上下文", about: "您自己的账号和其他用户" },
    other: { label: "其他所有", about: "不属于以上各项或此服务器不认识的工具" },
  },
  loginFaults: {
    no_login: {
      title: "这里没有进行中的登录",
      detail: "此地址仅用于从 Forgejo 返回，而您的浏览器没有带来进行中的登录。",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "此登录是在另一个浏览器中开始的",
      detail: "只能在开始登录的浏览器中完成。隐私窗口算作另一个浏览器。",
      steps: ({ forgejo }) => [
        "请在 MCP 客户端打开的浏览器中继续，或者重新连接并始终使用该浏览器。",
        text`如需使用其他账号，请先在该浏览器中从 ${forgejo} 退出登录，再重新连接。`,
      ],
    },
    cookies_blocked: {
      title: "您的浏览器没有保留登录 Cookie",
      detail: "登录期间，此服务器通过 Cookie 识别您的浏览器，但没有收到 Cookie。",
      steps: ({ server }) => [
        text`请允许 ${server} 使用 Cookie；隐私窗口或扩展程序可能会阻止它。`,
        "请检查此设备的日期和时间：时钟有误时，浏览器会立即删除 Cookie。",
        "如果链接是从另一个浏览器复制的，请在那个浏览器中继续。",
        connectAgain,
      ],
    },
    finished: {
      title: "此登录已经完成",
      detail: "每次登录只能使用一次。此页面上无需再做任何操作。",
      steps: () => ["如果 MCP 客户端显示已连接，请关闭此页面。", "如果没有，请回到 MCP 客户端并重新连接。"],
    },
    expired: {
      title: "此登录已过期",
      detail: "登录没有及时完成，或者已经结束。此页面没有允许任何操作。",
      steps: () => [connectAgain, "然后请不要长时间停顿，直接完成登录。"],
    },
    clock_changed: {
      title: "此服务器的时钟已改变",
      detail: "登录似乎始于未来：服务器的时钟被调慢了，或者多台服务器的时间不一致。",
      steps: () => [connectAgain, "如果再次出现，请管理员检查服务器的时钟是否已同步。"],
    },
  },
  authorizationFaults: {
    expired: {
      title: "此登录已过期",
      detail: "登录没有及时完成、已经结束，或者您的浏览器没有保留其 Cookie。",
      advice: "如果 MCP 客户端显示已连接，请关闭此页面。如果没有，请回到客户端并重新连接。",
    },
    unreadable_document: {
      title: "此处不认识该应用",
      detail: "它由其网站上的一份文档描述，而此服务器无法读取或不得使用该文档。",
      advice: "请一分钟后重试。如果仍然不行，请将编号告知管理员。",
    },
    unknown_client: {
      title: "此处不认识该应用",
      detail: "该客户端未在此注册，或注册已失效。",
      advice: "请在客户端中移除此服务器，然后重新添加。",
    },
    not_accepted: {
      title: "该应用不能在此连接",
      detail: "此服务器的管理员未允许该应用：",
      advice: "请询问管理员，并告知下面的编号。",
    },
    unregistered_redirect: {
      title: "此登录无法继续",
      detail: "客户端要求返回一个它没有注册的地址。",
      advice: connectAgain,
    },
    no_page: {
      title: "此登录无法继续",
      detail: "客户端要求不显示页面就连接。此服务器总是先询问您。",
      advice: connectAgain,
    },
    unavailable: {
      title: "请稍后重试",
      detail: "此服务器的一部分正在重启。请几秒后重试。",
      advice: connectAgain,
    },
    failed: {
      title: "出错了",
      detail: "此服务器无法完成该请求。",
      advice: connectAgain,
    },
    invalid: {
      title: "此登录无法继续",
      detail: "客户端的请求不完整或无效：",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "请稍后重试",
      detail: "此服务器的一部分正在重启。",
      advice: "请几秒后重新加载此页面。不会丢失任何内容。",
    },
    failed: { title: "出错了", detail: "此服务器无法完成该请求。", advice: connectAgain },
  },
  tooManyRequests: {
    title: "请求过多",
    detail: "此服务器在一分钟内收到了过多来自您的网络的请求。",
    advice: (wait) => `请等待 ${wait}，然后重新加载此页面。不会丢失任何内容。`,
  },
  device,
  connections,
  otherAccount: {
    title: "请核对账号",
    signedIn: (login, forgejo) => text`您已在 ${forgejo} 以 ${login} 的身份登录。`,
    before: "此前曾通过此浏览器连接过另一个账号。如果继续，此应用将以上述账号操作。",
    goOn: "以此账号继续",
  },
  notAllowed: {
    title: "您不能使用此服务器",
    detail: (login) =>
      text`您以 ${login} 登录了 Forgejo，但此服务器的管理员未允许该账号使用。您的 MCP 客户端未获得访问权限。`,
    ask: "请此服务器的管理员允许您的账号，并告知下面的编号。",
    goBack: "返回您的 MCP 客户端，它会得知未获得访问权限。",
    back: "返回 MCP 客户端",
  },
  suspended: {
    title: "Forgejo 不允许您进入",
    detail: "您已登录，但 Forgejo 目前不允许使用您的账号。Forgejo 的说明：",
    act: "请在 Forgejo 中按要求操作，或询问其管理员。",
    open: "打开 Forgejo",
    comeBack: "回到此页面并重试。",
  },
  insufficientScope: {
    title: "Forgejo 授予的权限不足",
    detail: "您以前在 Forgejo 中以较少的权限允许过此服务器，Forgejo 仍沿用该权限。缺少：",
    privateRepositories: "私有仓库",
    revoke:
      "请在 Forgejo 中打开您的应用，在“已授权的 OAuth2 应用”下撤销此服务器的访问权限。以前连接的客户端需要重新连接。",
    entries: {
      read: "此服务器在那里有两个条目。请撤销只读的条目（例如“fjmcp (read only)”），保留另一个。",
      write: "此服务器在那里有两个条目。请撤销读写的条目，保留只读的条目（例如“fjmcp (read only)”）。",
    },
    open: "打开 Forgejo 设置",
    comeBack: "回到此页面并重试。届时 Forgejo 会请求全部权限。",
  },
  notFound: {
    title: "这里没有页面",
    detail: "如果您是从 MCP 客户端的链接过来的，请在那里重新连接。供 MCP 客户端使用的服务器地址是：",
    connect: "如何连接客户端",
  },
};
