import type { Words } from '../index.ts';

/** 铃铛及其列表的文字。 */
export const notificationsZh: Words['notifications'] = {
  title: '通知',
  unread: (n) => `${n} 条未读`,
  mention: (who) => `${who}提及了您`,
  assigned: (who) => `${who}交给您一个工单`,
  access_asked: (who) => `${who}向您申请权限`,
  access_granted: (who) => `${who}授予了您所申请的权限`,
  access_declined: '您申请的一项权限未获授予',
  proposal_asked: (who) => `${who}提议更改权限`,
  proposal_made: (who) => `${who}批准了您的权限更改`,
  proposal_declined: (who) => `${who}未批准您的权限更改`,
  requests: '申请',
  approvals: '审批',
  somebody: '某人',
  gone: '您已不能查看',
  all_read: '全部标为已读',
  mark_read: '标为已读',
  open: '打开',
  none: '没有新通知',
  none_text: '同事在备注中提及您，或交给您工单时，会显示在这里。',
  older: '显示更多',
};
