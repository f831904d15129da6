import type { SeeWords } from './words.ts';

export const zh: SeeWords = {
  see_as: '以他人身份查看…',
  see_as_one: (name) => `以 ${name} 的身份查看`,
  title: '以他人身份查看',
  text: '您将看到对方所见，只能查看。此操作会记入审计日志。',
  what: '身份',
  person: '某人',
  role: '某个角色',
  why: '原因',
  why_hint: '会写入审计日志',
  begin: '开始查看',
  failed: '未能开始',
  choose: '请先选择',
};
