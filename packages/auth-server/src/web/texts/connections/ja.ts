import { html as text } from "hono/html";
import type { ConnectionsTexts } from "../connections-texts.ts";

export const connections: ConnectionsTexts = {
  notices: {
    renamed: "名前を保存しました。",
    narrowed: "保存しました。これ以降、許可される操作は少なくなります。",
    unchanged: "何も変更されていません。",
    ended: "切断しました。アクセスは終了しています。",
    gone: "この接続はすでに終了していました。",
    signed_out: "このページからログアウトしました。",
    signed_in_again:
      "その間にログアウトされていたため、何も変更されていません。ログインして再試行してください。",
  },
  reasons: {
    disconnected: "このページで、ご自身がアクセスを終了しました。",
    administrator: "管理者がアクセスを終了しました。",
    client_request: "アプリ自身がアクセス権を手放しました。",
    code_replay: "ログインが 2 回使われました。攻撃の可能性があります。もう一度接続してください。",
    refresh_replay:
      "古い鍵が再び使われました。攻撃か、復元されたバックアップの可能性があります。もう一度接続してください。",
    upstream_invalid:
      "Forgejo が、アカウントへのこのサーバーのアクセスを終了しました。アプリをもう一度接続してください。",
    not_allowed: "このサーバーの管理者は、このアカウントの利用を許可しなくなりました。",
    evicted: "アカウントの接続が多すぎたため、最も長く使われていなかったこの接続を終了しました。",
  },
  identities: {
    document: "自身のサイトで身元を公開しています。",
    registration: "アプリが自分で登録したもので、名前は確認されていません。",
    none: "不明です。このアドレスは端末上のどのプログラムでも使えます。",
  },
  signInFailures: {
    access_denied: {
      title: "ログインしませんでした",
      detail: "Forgejo でログインが拒否されました。何も変更されていません。",
      advice: "このページを閉じるか、再試行してください。",
    },
    not_allowed: {
      title: "このサーバーは利用できません",
      detail: "このサーバーの管理者は、アカウントの利用を許可していません。",
      advice: "管理者に許可を依頼し、下の参照番号を伝えてください。",
    },
    temporarily_unavailable: {
      title: "Forgejo が応答しません",
      detail: "そのため、現在ここにログインできません。接続には影響ありません。",
      advice: "数分後に再試行してください。",
    },
    server_error: {
      title: "このサーバーではログインできません",
      detail: "現在、Forgejo とこのサーバーの設定が合っていません。接続には影響ありません。",
      advice: "このサーバーの管理者に知らせてください。",
    },
  },
  faults: {
    not_found: {
      title: "その接続はありません",
      detail: "すでに終了したか、別のアカウントのものです。",
      advice: "接続の一覧を確認してください。",
    },
    not_administrator: {
      title: "管理者専用です",
      detail: "Forgejo によると、このアカウントは管理者ではありません。何も変更されていません。",
      advice: "管理者になったばかりの場合は、ここでログアウトしてログインし直してください。",
    },
    unavailable: {
      title: "Forgejo が応答しません",
      detail: "そのため、管理者かどうかを確認できません。何も変更されていません。",
      advice: "数分後に再試行してください。",
    },
    other_site: {
      title: "このページから送られたものではありません",
      detail: "別のサイトかブラウザーの拡張機能がこのフォームを送信しました。何も変更されていません。",
      advice: "接続のページをご自身で開き、そこで操作してください。",
    },
    no_cookie: {
      title: "ブラウザーからこのページの Cookie が届きませんでした",
      detail:
        "何も変更されていません。Cookie の期限が切れたか、ブラウザーがブロックしている可能性があります。",
      advice: "このサイトの Cookie を許可し、ページを開き直してください。",
    },
    wrong_token: {
      title: "このページは古くなっています",
      detail: "ページを開いた後にログインかログアウトがありました。何も変更されていません。",
      advice: "ページを開き直してください。",
    },
    form_used: {
      title: "このフォームはすでに送信されています",
      detail: "作成される個人用トークンは 1 つで、表示は 1 回だけです。今回は何も作成されていません。",
      advice:
        "トークンをコピーしていない場合は、接続の一覧でそれを終了し、新しいトークンを作成してください。",
    },
  },
  back: "接続の一覧に戻る",
  signIn: {
    title: "接続中のアプリの管理",
    about: (forgejo) =>
      text`${forgejo} のアカウントを使っているアプリを確認し、名前の変更、制限、切断ができます。`,
    button: "Forgejo でログイン",
    hint: (forgejo) =>
      text`${forgejo} でログインします。すでにログインしている場合は、何も聞かれないことがあります。`,
    stillAtForgejo: (forgejo, signOut) =>
      text`${forgejo} にはまだログインしている可能性があります。${signOut("そこでログアウトする")}。`,
  },
  signedInAs: (login) => text`${login} としてログイン中`,
  signOut: "ログアウト",
  list: {
    title: "接続中のアプリ",
    about: (forgejo) => text`これらのアプリは、このサーバーを通じて ${forgejo} のアカウントを利用できます。`,
    manage: "管理",
    emptyTitle: "接続中のアプリはありません",
    empty:
      "MCP クライアントで、このアドレスをリモート MCP サーバーとして追加してください。追加するとここに表示されます。",
    inForgejo: {
      title: "Forgejo での扱い",
      about: (forgejo) =>
        text`${forgejo} では、このサーバーは 1 つのアプリケーションとして表示されます。そこで取り消すと、上のすべてが一度に切断されます。`,
    },
    allAccounts: "すべてのアカウントの接続",
  },
  connection: {
    title: "接続中のアプリの詳細",
    yourName: "自分で付けた名前",
    address: "アドレス",
    may: "許可されている操作",
    areas: "対象",
    since: "接続日",
    lastUse: "最終使用",
    neverUsed: "まだ使われていません",
    used: (when) => `最終使用：${when}`,
    justNow: "たった今",
    sessions: "開いているセッション",
    sessionCount: (count) => (count === 0 ? "なし" : `セッション ${count} 件`),
    sessionsUnknown: "現在は不明です",
  },
  tokens: {
    title: "個人用トークン",
    about:
      "スクリプトや CI など、ブラウザーを開けないプログラムのためのものです。どれもご自身として操作します。",
    one: "個人用トークン",
    made: "作成日",
    expires: "有効期限",
    expiresOn: (date) => `有効期限：${date}`,
    end: {
      title: "このトークンを終了",
      about:
        "これを使うプログラムはすぐに拒否されます。元には戻せません。必要なら新しいトークンを作成してください。",
      button: "終了する",
    },
    narrowAbout: "すぐに反映されます。許可を増やすには、新しいトークンを作成してください。",
    form: {
      title: "新しい個人用トークン",
      name: "何に使いますか？",
      nameHint: "見分けられる名前を付けてください（例：「nightly-ci」）。",
      days: "有効な日数",
      daysHint: (max) => `1～${max} 日。その後は自動的に終了します。`,
      button: "トークンを作成",
      faults: {
        no_name: "まだ何も作成されていません。トークンの用途を下に入力してください。",
        bad_days: "まだ何も作成されていません。日数を 1～365 の整数で下に入力してください。",
        too_often:
          "まだ何も作成されていません。1 分間に作成されたトークンが多すぎます。1 分待ってからフォームを再送信してください。",
        too_many:
          "何も作成されていません。個人用トークンの数が 1 アカウントの上限に達しています。先にどれかを終了してください。",
      },
    },
    created: {
      title: "新しい個人用トークンができました",
      copy: "今すぐコピーしてください。表示は今回だけで、どこにも保存されません。",
      header: "プログラムは、各リクエストのこのヘッダーで送信します：",
      address: "リクエストの送信先：",
      keep: "秘密にしてください。持っている人は、許可された範囲でご自身として操作できます。漏れた場合は、接続のページで終了してください。",
    },
  },
  rename: {
    title: "名前を変更",
    label: "自分で付けた名前",
    about: "「ノート PC」「仕事」など、ご自身にだけ表示されます。空にすると名前を消せます。",
    button: "名前を保存",
  },
  narrow: {
    title: "許可を減らす",
    about: "すぐに反映されます。許可を増やすには、切断してもう一度接続してください。",
    noArea:
      "何も変更されていません。対象を少なくとも 1 つ選んだままにするか、アクセスそのものを終了してください。",
    button: "保存",
  },
  disconnect: {
    title: "このアプリを切断",
    about: "作業の途中でも、アクセスはすぐに終了します。再び使うには、もう一度接続してください。",
    button: "切断する",
  },
  history: {
    title: "最近の出来事",
    viewed: "管理者が接続を閲覧しました。",
  },
  accounts: {
    title: "すべてのアカウント",
    about: "接続中のアプリがあるアカウントです。閲覧と切断ができます。",
    audited: "ここでの操作は記録され、そのアカウントの利用者に表示されます。",
    none: "接続中のアプリがあるアカウントはありません。",
    unknownLogin: "名前は不明",
    id: (id) => `アカウント ${id}`,
    count: (count) => `接続 ${count} 件`,
    open: "閲覧",
    first: "最初のページ",
    next: "次のページ",
    own: "自分の接続",
    one: {
      title: "アカウントの接続",
      none: "このアカウントには接続中のアプリがありません。",
      disconnect: "アクセスはすぐに終了します。管理者が行ったことは利用者に表示されます。",
    },
  },
};
