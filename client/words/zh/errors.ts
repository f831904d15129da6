import type { DutyConflict, ErrorCode } from '../../../shared/protocol/errors.ts';

/** The server speaks English; what people meet most is said here by its code. */
export const errorsZh: Partial<Record<ErrorCode, string>> = {
  not_found: '不存在，或您无权查看',
  not_allowed: '您的角色不允许此操作',
  invalid: '有些字段填写不正确',
  field_not_editable: '您不能修改此字段',
  field_not_readable: '您不能查看此字段',
  out_of_reach: '超出您的权限范围',
  version_conflict: '其他人同时修改了同一字段',
  too_many_requests: '操作过于频繁，请稍候',
  unavailable: '正在与数据库同步，请稍后再试',
  internal: '我们这边出了问题，已记录',
};

/** Two roles that nobody may hold together, and who would. */
export function dutiesZh({ roles: [one, other], people, who }: DutyConflict): string {
  const names = who.map(({ name }) => name).join('、');
  const more = people > who.length ? `等 ${people} 人` : '';
  return `任何人都不能同时持有“${one.name}”和“${other.name}”：${names}${more}将会如此。`;
}
