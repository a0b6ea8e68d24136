import { html as text } from "hono/html";
import { connections } from "./connections/ja.ts";
import { device } from "./device/ja.ts";
import type { Texts } from "./texts.ts";

const connectAgain = "MCP クライアントに戻り、もう一度接続してください。";

export const ja: Texts = {
  tag: "ja",
  common: {
    connectAgain,
    tryAgain: "再試行",
    reference: (reference) => text`管理者に伝える参照番号：${reference}`,
    referenceIfRepeated: (reference) =>
      text`繰り返し起きる場合は、この参照番号を管理者に伝えてください：${reference}`,
    wrongAccount: (forgejo, signOut) =>
      text`別のアカウントでログインしましたか？ ${signOut(text`${forgejo} でログアウト`)}してから再試行し、使いたいアカウントでログインしてください。`,
    tellClient: (target, goOn) =>
      text`ご自身が ${target} から接続を始めた場合は、このエラーを伝えることができます：${goOn(text`${target} に進む`)}。そうでなければ、このページを閉じてください。`,
  },
  home: {
    title: "MCP クライアントのための Forgejo",
    heading: "AI アシスタントから Forgejo を使う",
    intro: (forgejo) =>
      text`このサーバーは、MCP クライアントを ${forgejo} のご自身のアカウントに接続します。次のアドレスをクライアントに追加してください：`,
    clients: "追加の方法",
    paste: (menu) => text`${menu} を開き、アドレスを貼り付けます。`,
    pasteAndChoose: (menu, choice) => text`${menu} を開き、アドレスを貼り付けて ${choice} を選びます。`,
    thenRun: (command) => text`続いて、その中で ${command} を実行します。`,
    addTo: (client) => `${client} に追加`,
    stdioClients: "プログラムの起動だけに対応したクライアント（stdio）",
    safety: (forgejo) =>
      text`クライアントが、許可するかどうかを尋ねるこのサーバーのページを開きます。そのあと、いつもどおり ${forgejo} にログインします。パスワードがこのサーバーやクライアントを通ることはありません。`,
    connections: "接続中のアプリを確認、制限、切断する",
  },
  consent: {
    title: "アプリを許可しますか？",
    incomplete: (title) => `未完了：${title}`,
    heading: "アプリに Forgejo アカウントの使用を許可しますか？",
    faults: {
      not_started:
        "まだ何も許可されていません。ご自身が始めた場合は、下の「自分で始めました」にチェックを入れてください。",
      outdated:
        "まだ何も許可されていません。このページを開いてから 10 分以上たっています。下で選び直してください。",
      no_level: "まだ何も許可されていません。下で「読み取りのみ」か「読み取りと書き込み」を選んでください。",
      level_not_offered:
        "まだ何も許可されていません。選ばれた内容はここでは使えません。下で選び直してください。",
      no_toolset: "まだ何も許可されていません。「対象」のうち少なくとも 1 つを選んだままにしてください。",
      toolset_not_offered:
        "まだ何も許可されていません。対象の 1 つがここでは使えません。下で選び直してください。",
    },
    callsItself: "アプリが名乗る名前",
    unnamed: "名前のないアプリ",
    identity: "身元",
    unverified: "未確認の登録",
    registeredItself: "アプリ自身による登録です",
    known: "このサーバーが把握しているアプリ",
    document: (host) => text`${host} の文書`,
    sendsBackTo: "戻り先",
    loopbackWarning:
      "これはお使いのコンピューター上のプログラムに渡されます。ご自身がそこのプログラムで接続を始めた直後の場合にだけ許可してください。ほかのプログラムがなりすますこともできます。",
    appWarning: (scheme) =>
      text`これはお使いの端末で ${scheme} のリンクを扱うアプリを開きます。ご自身がそのアプリで接続を始めた直後の場合にだけ許可してください。ほかのアプリがなりすますこともできます。`,
    levelQuestion: "何を許可しますか？",
    onlyReading: "読み取りだけができます",
    started: {
      label: "自分で始めました",
      about: "たった今、このアプリに接続を指示しました。アプリは閲覧だけができ、何も変更できません。",
    },
    privateIncluded: "ご自身が閲覧できる非公開リポジトリも含まれます。",
    readingEnforced: "Forgejo 自体がこれを強制します。",
    publicOnly: "公開されているものだけが含まれます。",
    toolsetQuestion: "対象",
    moreToolsets: (count) => `その他の対象（${count}）`,
    readOnlyToolset: (label) => `${label}（読み取りのみ）`,
    earlier: (day, choice) =>
      `${day}に、このページで同じように見えたアプリがこのブラウザーで許可されました：${choice}。下で選び直してください。`,
    onlyIfAsked: "ご自身がたった今このアプリに接続を指示した場合にだけ許可してください。",
    deny: "拒否",
    allow: "許可",
    endsUnused: (duration) => `アクセス権は${duration}使われないと失効します。`,
    endsAfter: (duration) => `アクセス権は ${duration}で失効します。`,
    end: (connections) => text`${connections("接続中のアプリ")}で、いつでも制限したり終わらせたりできます。`,
    signIn: (forgejo, signOut) =>
      text`上の名前はアプリが自ら名乗っているもので、確認されていません。「許可」のあと、${forgejo} にログインします。使いたいアカウントと別のアカウントでログイン中の場合は、先に${signOut("そこでログアウト")}してください。`,
  },
  levels: {
    read: { label: "読み取りのみ", about: "閲覧だけができ、何も変更できません。" },
    write: {
      label: "読み取りと書き込み",
      about: "あなたとして作成、変更、マージ、削除することもできます。",
    },
  },
  toolsets: {
    issues: { label: "イシュー", about: "イシューと、そのコメント、ラベル、マイルストーン" },
    "pull-requests": { label: "プルリクエスト", about: "プルリクエストとそのレビュー（マージを含む）" },
    code: { label: "コード", about: "リポジトリと、そのブランチ、ファイル、コミット" },
    releases: { label: "リリース", about: "リポジトリのリリース" },
    actions: { label: "Actions", about: "ワークフローの実行と、そのジョブ、ログ" },
    wiki: { label: "Wiki", about: "Wiki のページとその履歴" },
    "time-tracking": { label: "作業時間", about: "記録された時間とストップウォッチ" },
    attachments: { label: "添付ファイル", about: "イシュー、コメント、リリースの添付ファイル" },
    organizations: { label: "組織", about: "組織と、そのメンバー、チーム、ラベル" },
    notifications: { label: "通知", about: "ご自身の通知と、その既読の状態" },
    admin: { label: "管理", about: "リポジトリの設定、Webhook、ブランチの保護" },
    context: { label: "コンテキスト", about: "ご自身のアカウントと、ほかのユーザー" },
    other: {
      label: "その他すべて",
      about: "上のどれにも当てはまらないツール、またはこのサーバーが知らないツール",
    },
  },
  loginFaults: {
    no_login: {
      title: "ここで進行中のログインはありません",
      detail: "このアドレスは Forgejo から戻るためだけのもので、ブラウザーは進行中のログインなしで来ました。",
      steps: () => [connectAgain],
    },
    other_browser: {
      title: "このログインは別のブラウザーで始められました",
      detail: "始めたブラウザーでだけ完了できます。プライベートウィンドウは別のブラウザーとして扱われます。",
      steps: ({ forgejo }) => [
        "MCP クライアントが開いたブラウザーで続けるか、もう一度接続して同じブラウザーで進めてください。",
        text`別のアカウントを使うには、先にそのブラウザーで ${forgejo} からログアウトし、もう一度接続してください。`,
      ],
    },
    cookies_blocked: {
      title: "ブラウザーがログインの Cookie を保存しませんでした",
      detail: "このサーバーはログイン中、ブラウザーを Cookie で見分けますが、Cookie が返されませんでした。",
      steps: ({ server }) => [
        text`${server} の Cookie を許可してください。プライベートウィンドウや拡張機能が妨げることがあります。`,
        "この端末の日付と時刻を確かめてください。時計がずれていると、ブラウザーは Cookie をすぐに削除します。",
        "リンクを別のブラウザーからコピーした場合は、元のブラウザーで続けてください。",
        connectAgain,
      ],
    },
    finished: {
      title: "このログインはすでに完了しています",
      detail: "ログインは 1 回だけ有効です。このページですることはもうありません。",
      steps: () => [
        "MCP クライアントに接続済みと表示されていれば、このページを閉じてください。",
        "そうでなければ、MCP クライアントに戻り、もう一度接続してください。",
      ],
    },
    expired: {
      title: "このログインは期限切れです",
      detail: "時間内に完了しなかったか、すでに終わっています。このページでは何も許可されていません。",
      steps: () => [connectAgain, "そのあとは長く間を空けずにログインを完了してください。"],
    },
    clock_changed: {
      title: "このサーバーの時計が変わりました",
      detail:
        "ログインが未来に始まったことになっています。サーバーの時計が戻されたか、複数のサーバーの時刻が合っていません。",
      steps: () => [
        connectAgain,
        "再び起きる場合は、サーバーの時計が同期されているか確かめるよう管理者に依頼してください。",
      ],
    },
  },
  authorizationFaults: {
    expired: {
      title: "このログインは期限切れです",
      detail:
        "時間内に完了しなかったか、すでに終わっているか、ブラウザーがその Cookie を保存しませんでした。",
      advice:
        "MCP クライアントに接続済みと表示されていれば、このページを閉じてください。そうでなければ、クライアントに戻り、もう一度接続してください。",
    },
    unreadable_document: {
      title: "このアプリはここでは知られていません",
      detail:
        "アプリ自身のウェブサイトにある文書で説明されていますが、このサーバーはそれを読めないか、使うことができません。",
      advice: "1 分後に再試行してください。それでも直らなければ、参照番号を管理者に伝えてください。",
    },
    unknown_client: {
      title: "このアプリはここでは知られていません",
      detail: "このクライアントはここに登録されていないか、登録が無効になりました。",
      advice: "クライアントでこのサーバーを削除し、もう一度追加してください。",
    },
    not_accepted: {
      title: "このアプリはここに接続できません",
      detail: "このサーバーの管理者が許可していません：",
      advice: "管理者に問い合わせ、下の参照番号を伝えてください。",
    },
    unregistered_redirect: {
      title: "このログインは続けられません",
      detail: "クライアントが、登録していないアドレスに戻るよう求めています。",
      advice: connectAgain,
    },
    no_page: {
      title: "このログインは続けられません",
      detail:
        "クライアントが、ページを表示せずに接続しようとしています。このサーバーは必ず先にあなたに確認します。",
      advice: connectAgain,
    },
    unavailable: {
      title: "しばらくしてから再試行してください",
      detail: "このサーバーの一部が再起動しています。数秒後に再試行してください。",
      advice: connectAgain,
    },
    failed: {
      title: "問題が発生しました",
      detail: "このサーバーはリクエストを完了できませんでした。",
      advice: connectAgain,
    },
    invalid: {
      title: "このログインは続けられません",
      detail: "クライアントのリクエストが不完全か、正しくありません：",
      advice: connectAgain,
    },
  },
  serverFaults: {
    restarting: {
      title: "しばらくしてから再試行してください",
      detail: "このサーバーの一部が再起動しています。",
      advice: "数秒後にこのページを再読み込みしてください。何も失われません。",
    },
    failed: {
      title: "問題が発生しました",
      detail: "このサーバーはリクエストを完了できませんでした。",
      advice: connectAgain,
    },
  },
  tooManyRequests: {
    title: "リクエストが多すぎます",
    detail: "このサーバーは 1 分間に、お使いのネットワークから多すぎるリクエストを受け取りました。",
    advice: (wait) => `${wait}待ってから、このページを再読み込みしてください。何も失われません。`,
  },
  device,
  connections,
  otherAccount: {
    title: "アカウントの確認",
    signedIn: (login, forgejo) => text`${forgejo} に ${login} としてログインしています。`,
    before:
      "このブラウザーからは、以前に別のアカウントが接続されました。続行すると、このアプリケーションは上記のアカウントとして動作します。",
    goOn: "このアカウントで続行",
  },
  notAllowed: {
    title: "このサーバーは利用できません",
    detail: (login) =>
      text`Forgejo に ${login} としてログインしていますが、このサーバーの管理者はそのアカウントの利用を許可していません。MCP クライアントはアクセス権を得ていません。`,
    ask: "このサーバーの管理者にアカウントの許可を依頼し、下の参照番号を伝えてください。",
    goBack: "MCP クライアントに戻ってください。アクセス権を得られなかったことがクライアントに伝わります。",
    back: "MCP クライアントに戻る",
  },
  suspended: {
    title: "Forgejo が利用を許可していません",
    detail: "ログインはできましたが、現在 Forgejo がこのアカウントの利用を認めていません。Forgejo の説明：",
    act: "Forgejo で求められていることをするか、Forgejo の管理者に問い合わせてください。",
    open: "Forgejo を開く",
    comeBack: "このページに戻り、再試行してください。",
  },
  insufficientScope: {
    title: "Forgejo が与えた権限が足りません",
    detail:
      "以前 Forgejo でこのサーバーをより少ない権限で許可したため、Forgejo はそれを使い続けています。足りないもの：",
    privateRepositories: "非公開リポジトリ",
    revoke:
      "Forgejo でアプリケーションの設定を開き、「許可済み OAuth2 アプリケーション」でこのサーバーのアクセス権を取り消してください。以前に接続したクライアントは接続し直す必要があります。",
    entries: {
      read: "このサーバーの項目はそこに 2 つあります。読み取りのみの項目（「fjmcp (read only)」など）を取り消し、もう 1 つは残してください。",
      write:
        "このサーバーの項目はそこに 2 つあります。読み取りと書き込みの項目を取り消し、読み取りのみの項目（「fjmcp (read only)」など）は残してください。",
    },
    open: "Forgejo の設定を開く",
    comeBack: "このページに戻り、再試行してください。Forgejo がすべての権限を確認します。",
  },
  notFound: {
    title: "ここにページはありません",
    detail:
      "MCP クライアントのリンクから来た場合は、クライアントでもう一度接続してください。MCP クライアント用のこのサーバーのアドレス：",
    connect: "クライアントの接続方法",
  },
};
