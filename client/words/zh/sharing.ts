import type { sharingEn } from '../en/sharing.ts';

export const sharingZh: typeof sharingEn = {
  share: '共享…',
  needs: '需要移交权限，或它属于您且您可以修改',
};
