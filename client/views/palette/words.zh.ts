import type { PaletteWords } from './words.ts';

/** 简体中文。 */
export const zh: PaletteWords = {
  title: '搜索与前往',
  placeholder: '名称、编号、邮箱地址，或要做的事',
  recent: '最近',
  go_to: '前往',
  create: '新建',
  access: '访问权限',
  access_also: {
    roles: '简档、权限集、字段级安全',
    people: '用户、经理、角色层级',
    teams: '小组、委派管理',
    territories: '区域管理、分配规则',
    defaults: '组织范围默认设置：私有或公开',
    rules: '按条件的共享规则',
    restrictions: '限制规则：隐藏部分记录',
    changes: '设置审计跟踪、撤销',
    sessions: '谁已登录、登录记录',
  },
  see_as_also: '以用户身份登录，只能查看',
  account: '账户',
  new_one: (label) => `新建${label}`,
  all_of: (labels, q) => `所有含“${q}”的${labels}`,
  left: '已离开',
  found: (n) => `找到 ${n} 条记录`,
  nothing: (q) => `没有名为“${q}”的内容`,
  nothing_text: '在您可以查看的范围内搜索名称、工单编号和邮箱地址。',
  failed: '搜索没有响应。',
  offline: '您已离线：连接恢复后即可继续搜索记录。',
  retry: '重试',
};
