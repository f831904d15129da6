/** Opening one record to somebody: what stands in menus. */
export const sharingEn = {
  share: 'Share…',
  needs: 'Needs the right to hand it over, or that it is your own and you may change it',
};
