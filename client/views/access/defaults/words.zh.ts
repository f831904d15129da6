import type { DefaultWords } from './words.ts';

export const zh: DefaultWords = {
  title: '默认权限',
  text: '所有登录者无需任何角色即可对某类记录执行的操作。默认为私有：此时仅由角色、规则和共享开放记录。敏感字段（金额、个人数据）在角色授予前始终隐藏，限制规则始终优先。',
  table: '各类记录的默认权限',
  object: '记录',
  everyone: '所有人可以',
  values: { private: '无权限', read: '查看', edit: '编辑' },
  read_only: '您可以查看默认权限。修改需要“管理角色”权限。',
  choices: (things) => `所有人对${things}的权限`,
  confirm_title: (things) => `修改${things}的默认权限？`,
  confirm: '修改',
  changed: (things, value) => `${things}：所有人${value}`,
  not_saved: '未修改',
  undo: '撤销',
  undone: '已恢复',
};
