export * from './types.ts';
export * from './kinds.ts';
export * from './compare.ts';
export * from './define.ts';
