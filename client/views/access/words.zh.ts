import type { TargetKind } from '../../../shared/protocol/policy.ts';
import type { Comparison } from './rules/operators.ts';
import type { AccessWords } from './words.ts';

const list = (parts: readonly string[]): string => parts.join('、');

const KINDS: Record<TargetKind, string> = { user: '人员', team: '团队', role: '角色', territory: '区域' };

const COMPARISONS: Record<Comparison, string> = {
  is: '是',
  is_not: '不是',
  in: '是以下之一',
  nin: '不是以下任何一个',
  contains: '包含',
  has: '包括',
  gt: '大于',
  gte: '至少为',
  lt: '小于',
  lte: '至多为',
  empty: '为空',
  filled: '已填写',
};

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
  targets: {
    placeholder: (kinds) => kinds.map((kind) => KINDS[kind]).join('、'),
    groups: KINDS,
    kinds: { user: '人员', team: '团队全体成员', role: '该角色的所有持有人', territory: '该区域的所有人员' },
    gone: '已不存在',
  },
  until: { label: '常用期限', today: '今天', friday: '周五', week: '一周', month: '一个月', none: '不限期' },
  criteria: {
    comparisons: {
      value: COMPARISONS,
      day: { ...COMPARISONS, gt: '晚于', gte: '不早于', lt: '早于', lte: '不晚于' },
    },
    where: '条件',
    and: '且',
    or: '或',
    join: '条件之间的关系',
    all_of: '满足全部',
    any_of: '满足任一',
    group: (word) => `以“${word}”连接的条件`,
    everything: (plural) => `尚无条件：全部${plural}。`,
    add: '添加条件',
    add_group: '添加条件组',
    full: '最多 50 个条件',
    field: '字段',
    choose_field: '选择字段',
    comparison: (field) => `${field}的比较方式`,
    value: (field) => `${field}的值`,
    remove: (what) => `移除：${what}`,
    remove_empty: '移除空条件',
    remove_group: '移除条件组',
    one_more: '再选一个…',
    type_enter: '输入后按回车',
    unknown_field: '字段已不存在，或您无权查看',
    unfinished: '填好每个条件后即可看到匹配数量。',
    counting: '正在计数…',
    matches: (total, plural) => `条匹配（共 ${total} 条${plural}）`,
    telling: (fields) => `相关人员从能否看到记录即可推知${list(fields)}的内容，即使该字段对其隐藏。`,
    test: (field, comparison, values) => `${field} ${comparison}${values === '' ? '' : ` ${values}`}`,
    joined: (parts, join) => parts.join(join === 'and' ? ' 且 ' : ' 或 '),
    all: (plural) => `全部${plural}`,
  },
};
