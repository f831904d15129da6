import type { unsentEn } from '../en/unsent.ts';

export const unsentZh: typeof unsentEn = {
  short: (n) => `${n} 项修改等待发送`,
  waiting: (n) => `${n} 项修改等待发送。`,
  asking: (n) => `${n} 项修改需要您决定。`,
  look: '查看',
  menu: (n) => `未发送的修改（${n}）`,
  full: '您已离线，且没有空间保留此修改。请先发送或丢弃等待中的修改。',
  reasons: {
    old: '一周多以前所做：请决定是否仍要发送',
    unsure: '可能已经送达：再次发送前请先查看',
  },
  sign_out: {
    title: '退出登录并丢弃未发送的修改？',
    text: (n) => `${n} 项修改尚未送达服务器。退出登录会将其丢弃。`,
    confirm: '退出登录',
    look: '查看等待中的修改',
  },
  kept: (n) => `${n} 项离线修改保留在此浏览器中，重新登录后会发送。`,
  not_sent_yet: '已保留，恢复连接后发送',
  later: (done) => `${done}（恢复连接后生效）`,
};
