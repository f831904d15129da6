import type { SystemPermission } from '../../../../shared/access/index.ts';
import type { PreviewWords } from './words.ts';

const digits = (n: number): string => n.toLocaleString('zh-CN');
const people = (n: number): string => `${digits(n)} 人`;

/** 简体中文。 */
export const zh: PreviewWords = {
  title: '此更改的影响',
  asking: '正在查看谁会看到更多、谁会看到更少…',
  nothing: '对任何人都没有变化',
  nothing_text: '就目前而言，没有人会比以前看到或能做更多或更少。',
  rights_only: (n) => `${people(n)}的权限会变化，但没有记录进入或离开任何人的视野`,
  gain: (n, records, _one, many) => `${people(n)}将看到 ${digits(records)} 条新增的${many}`,
  lose: (n, records, _one, many) => `${people(n)}将不再看到 ${digits(records)} 条${many}`,
  tickets: (n) => `${digits(n)} 个未解决的工单将无人可以回复`,
  tickets_text: '可以回复所有工单的人不计在内。',
  records: (n) => `${digits(n)} 条记录的负责人将无法查看它们`,
  moved: (n) => `${digits(n)} 家公司会移动`,
  moved_text: '在归入现有公司之后。',
  sockets: (n) => `${digits(n)} 个打开的窗口会立即变化`,
  no_sockets: '相关人员没有打开的窗口',
  not_exact: '需要统计的内容过多，时间不够：实际数目至少如此。',
  details: '详情',
  fields: '字段',
  actions: '可执行的操作',
  permissions: '记录之外的权限',
  people: '人员',
  first_people: (shown, all) => `${people(all)}中影响最大的 ${digits(shown)} 人`,
  field: (field, objects) => `${objects}的${field}`,
  action: (action, objects) => `${ACTIONS[action] ?? action}${objects}`,
  permission: (permission) => PERMISSIONS[permission],
  more_people: (n) => `增加 ${people(n)}`,
  fewer_people: (n) => `减少 ${people(n)}`,
  gained: (n, objects) => `+${digits(n)} ${objects}`,
  lost: (n, objects) => `−${digits(n)} ${objects}`,
  failed: '无法查看影响',
  refused: '此更改会被拒绝',
  retry: '重试',
};

const ACTIONS: Record<string, string> = {
  create: '新建',
  read: '查看',
  update: '修改',
  delete: '删除',
  assign: '移交',
  export: '导出',
  read_thread: '查看消息：',
  reply: '回复',
  note: '写备注：',
};

const PERMISSIONS: Record<SystemPermission, string> = {
  manage_users: '管理人员',
  manage_roles: '管理角色',
  approve_roles: '批准角色更改',
  end_sessions: '结束会话',
  read_audit: '查看审计记录',
  import: '导入',
  manage_settings: '管理设置',
  manage_workflows: '管理工作流',
  see_as: '以他人身份查看',
  break_glass: '紧急访问',
};
