import type { AccessWords } from './words.ts';

export const zh: AccessWords = {
  tabs: {
    roles: '角色',
    people: '人员',
    teams: '团队',
    territories: '区域',
    rules: '共享规则',
    restrictions: '限制',
    changes: '变更',
    sessions: '会话',
  },
};
