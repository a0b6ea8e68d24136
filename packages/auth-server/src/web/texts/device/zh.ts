import type { DeviceTexts } from "../texts.ts";

export const device: DeviceTexts = {
  title: "连接设备",
  heading: "连接设备或程序",
  intro: "没有浏览器的设备或程序会显示一个代码并等待。请在此输入该代码。",
  introFilledIn: "请将此代码与您的设备或程序显示的代码进行比对。",
  label: "代码",
  confirm: "我的设备显示的就是此代码",
  confirmAbout: "刚才是我自己在那里发起的。",
  submit: "继续",
  warning:
    "仅当这是您自己发起的操作时才继续。如果代码来自消息、邮件或电话，请关闭此页面：否则会把陌生人的设备连接到您的账号。",
  after: "接下来您会看到是什么在请求访问，并由您决定。",
  tokenNamed: "个人令牌，供无人值守运行的程序使用，名称为",
  waitsWith: "在别处等待，代码为",
  consentWarning:
    "仅当这是您自己发起的，并且那里显示的正是此代码时才允许。别人发给您的代码会让陌生人获得您的访问权限。",
  faults: {
    unknown_code: "没有这个代码。请与您的设备比对；代码十分钟后失效，设备需要新的代码。",
    not_confirmed: "尚未连接任何设备。如果您的设备显示此代码，请勾选。",
    expired: "此页面打开时间过长，或浏览器未保存其 Cookie。请重试。",
  },
  paused: {
    title: "错误代码过多",
    detail: "此浏览器发送了多个不存在的代码。",
    advice: (wait) => `请等待 ${wait}，在设备上重新开始，然后输入新的代码。`,
  },
  results: {
    granted: { title: "已连接", detail: "您可以关闭此页面。您的设备会在几秒内自动继续。" },
    access_denied: { title: "未允许", detail: "未连接任何设备，设备已得知。您可以关闭此页面。" },
    temporarily_unavailable: {
      title: "尚未连接",
      detail: "Forgejo 未完成登录。请稍后重试：您的设备仍在等待。",
    },
    server_error: {
      title: "未连接",
      detail: "此服务器与 Forgejo 目前无法协同工作。请告知管理员，稍后再试。",
    },
  },
  enterAgain: "重新输入代码",
};
