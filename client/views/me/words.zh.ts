import type { MeWords } from './words.ts';

export const zh: MeWords = {
  title: '权限从何而来',
  held: (role, team, until) =>
    `${role}${team === null ? '' : `（因为您在团队 ${team} 中）`}${until === null ? '' : `（至 ${until}）`}`,
  territories: (names) =>
    names.length === 0 ? '您不负责任何区域。' : `您负责的区域：${names.join('、')}，及其下级区域。`,
  shared: '共享给您的',
  nothing_shared: '没有另外共享给您的内容。',
  rule: (objects, name, to, edit) =>
    `${name === null ? `一条共享规则将部分${objects}` : `规则“${name}”将${objects}`}开放给${to}${edit ? '，可编辑' : ''}。`,
  share: (by, to, edit, until) =>
    `${by === null ? '已' : `由 ${by} `}共享给${to}${edit ? '，可编辑' : ''}${until === null ? '' : `，至 ${until}`}`,
  to: {
    user: '您',
    team: (name) => `团队 ${name}`,
    role: (name) => `角色 ${name}`,
    territory: (name) => `区域 ${name}`,
  },
  unknown: '您无权查看的对象',
  restricted: (objects) => `无论角色如何，部分${objects.join('、')}可能因限制而对您隐藏。`,
  failed: '未能加载权限来源。',
};
