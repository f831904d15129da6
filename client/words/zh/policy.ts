import type { GrantedWay } from '../../../shared/access/index.ts';
import type { OwnAction } from '../../../shared/objects/index.ts';
import type { Told, ToldOwn, Verb } from '../policy.ts';

const list = (parts: readonly string[]): string => parts.join('、');

const VERBS: Record<Verb, string> = {
  read: '查看',
  update: '修改',
  assign: '移交',
  delete: '删除',
  export: '导出',
};

const OWN: Record<OwnAction, string> = {
  read_thread: '查看对话',
  reply: '回复',
  note: '查看和添加内部备注',
};

/** A policy in Chinese sentences; see en/policy.ts. */
export const policyZh = {
  sentence({ plural, self, groups, create, without }: Told): string {
    const who = self ? '您' : '';
    if (groups.length === 0) return `${who}看不到${plural}。`;
    const parts = groups.map(({ verbs, ways }, i) => {
      const does = list(verbs.map((verb) => VERBS[verb]));
      const hidden = i === 0 && without.length > 0 ? `（不含${list(without)}）` : '';
      return `${does}${reach(ways, self)}${plural}${hidden}`;
    });
    if (create) parts.push('新建');
    return `${who}可${parts.join('；')}。`;
  },
  own({ plural, self, groups, unseen }: ToldOwn): string {
    const who = self ? '您' : '';
    const done = groups.map(
      ({ actions, ways }) => `在${reach(ways, self)}${plural}中${list(actions.map((action) => OWN[action]))}`,
    );
    return [
      ...(done.length > 0 ? [`${who}可${done.join('；')}。`] : []),
      ...(unseen.length > 0 ? [`${who}看不到${list(unseen)}。`] : []),
    ].join('');
  },
  onlyOn: (field: string, plural: string, ways: readonly GrantedWay[], self: boolean): string =>
    `${field}：仅限${reach(ways, self)}${plural}。`,
  readOnly: (fields: readonly string[], plural: string): string =>
    `${plural}的${list(fields)}只能查看，不能修改。`,
  hidden: (fields: readonly string[], plural: string): string => `${plural}：${list(fields)}。`,
};

function reach(ways: readonly GrantedWay[], self: boolean): string {
  if (ways.includes('all')) return '全部';
  const whose = self ? '您' : '其';
  const parts = [
    ...(ways.includes('own') ? ['本人'] : []),
    ...(ways.includes('reports') ? [`${whose}下属`] : []),
    ...(ways.includes('team') ? [`${whose}团队`] : []),
    ...(ways.includes('territory') ? [`${whose}区域`] : []),
  ];
  return `${list(parts)}的`;
}
