import type { seeingEn } from '../en/seeing.ts';

export const seeingZh: typeof seeingEn = {
  as_user: (name) => `您正以 ${name} 的身份查看，不能做任何修改。`,
  as_role: (name) => `您正以角色 ${name} 查看（您自己的位置），不能做任何修改。`,
  end: '结束',
  page_title: (name, title) => `以 ${name} 的身份：${title}`,
  hidden: '已隐藏',
  begin: '以他人身份查看…',
  why: '我为什么能看到？',
  ask: '申请权限…',
  who: '谁能看到？',
};
