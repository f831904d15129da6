export * from './ways.ts';
export * from './role.ts';
export * from './actor.ts';
export * from './customer.ts';
export * from './rights.ts';
export * from './decide.ts';
